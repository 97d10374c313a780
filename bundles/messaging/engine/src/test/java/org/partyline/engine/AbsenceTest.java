package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Privacy;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.api.transport.BlockRef;
import org.partyline.ratchet.PartylineChains;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** The bundles of the protocol go and come back while messages are sent and read. */
class AbsenceTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServers() throws Exception {
        alice = TestServer.fresh(clock, network.node("a"));
        bob = TestServer.fresh(clock, network.node("b"));
        for (TestServer server : List.of(alice, bob)) {
            server.join("lobby", Mode.RATCHET);
        }
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void awaitHeard(String... texts) throws Exception {
        TestServer.await("all is read", () -> {
            alice.round();
            return bob.received().size() >= texts.length;
        });
        assertEquals(List.of(texts), bob.received());
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PacketCodec.class,
                Fragmenter.class,
                ChannelKeys.class,
                Chains.class,
                Identities.class,
                Handshakes.class,
                SuiteDirectory.class,
                NodeDirectory.class,
                Pace.class
            })
    void whatIsSentWhileAPartIsAwayIsStoredSaysWhatItWaitsForAndLeavesWhenThatReturns(Class<?> part) throws Exception {
        alice.send("lobby", "before");
        awaitHeard("before");
        alice.stop(part);
        Messages.Receipt receipt = alice.messages()
                .send(new Messages.Send(
                        java.util.Optional.empty(), "lobby", "meanwhile", java.util.Optional.empty(), false));
        assertTrue(receipt.waits().startsWith("it waits for bundle org.partyline."), receipt.waits());
        alice.round();
        Messages.Outgoing waiting = alice.messages().outgoing(receipt.id());
        assertTrue(
                !waiting.state().isSettled() && waiting.reason().startsWith("it waits for bundle"), waiting::toString);
        alice.fees().limits();
        alice.cover().status();
        alice.channels().listAll();
        alice.contacts().listAll();
        alice.start(part);
        awaitHeard("before", "meanwhile");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mailbox", "fees", "contacts", "sealing", "delivery", "receive"})
    void whatIsSentWhileAStageIsAwayIsStoredSaysWhatItWaitsForAndLeavesWhenThatReturns(String stage) throws Exception {
        alice.send("lobby", "before");
        awaitHeard("before");
        alice.stop(stage);
        Messages.Receipt receipt = alice.messages()
                .send(new Messages.Send(
                        java.util.Optional.empty(), "lobby", "meanwhile", java.util.Optional.empty(), false));
        // Who sends needs nobody who reads.
        assertEquals(
                stage.equals("receive") ? "" : "it waits for bundle org.partyline." + stage + ", which is away",
                receipt.waits());
        alice.channels().listAll();
        alice.messages().messages(Messages.Query.ALL);
        alice.start(stage);
        awaitHeard("before", "meanwhile");
        assertEquals(1, bob.chainsRead(), "a swap costs no new chain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mailbox", "fees", "contacts", "sealing", "delivery", "receive"})
    void whatArrivesWhileAStageIsAwayIsReadWhenItReturnsAndNothingTwice(String stage) throws Exception {
        alice.send("lobby", "before");
        awaitHeard("before");
        bob.stop(stage);
        alice.send("lobby", "meanwhile");
        alice.round();
        bob.start(stage);
        alice.send("lobby", "after");
        awaitHeard("before", "meanwhile", "after");
        TestServer.await("all is told", () -> bob.told().size() >= 3);
        assertEquals(3, bob.told().size());
    }

    @Test
    void manyMessagesArriveOnceEachWhileStagesComeAndGo() throws Exception {
        List<String> swapped = List.of(
                "mailbox", "fees", "contacts", "sealing", "delivery", "receive", "channels", "backup", "privacy");
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 54; i++) {
            String stage = swapped.get(i / 3 % swapped.size());
            switch (i % 3) {
                case 1 -> {
                    alice.stop(stage);
                    bob.stop(stage);
                }
                case 2 -> {
                    alice.start(stage);
                    bob.start(stage);
                }
                default -> alice.round();
            }
            sent.add("message " + i);
            alice.send("lobby", sent.get(i));
        }
        TestServer.await("all is read", () -> {
            alice.round();
            return bob.received().size() >= sent.size();
        });
        assertEquals(sent, bob.received());
        TestServer.await("all is told", () -> bob.told().size() >= sent.size());
        assertEquals(sent.size(), bob.told().size());
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PacketCodec.class,
                Fragmenter.class,
                ChannelKeys.class,
                Chains.class,
                Identities.class,
                Handshakes.class,
                SuiteDirectory.class,
                NodeDirectory.class
            })
    void whatArrivesWhileAPartIsAwayIsReadWhenItReturnsAndNothingTwice(Class<?> part) throws Exception {
        alice.send("lobby", "before");
        awaitHeard("before");
        bob.stop(part);
        int before = network.broadcasts().size();
        alice.send("lobby", "meanwhile");
        TestServer.await("it is out", () -> {
            alice.round();
            return network.broadcasts().size() > before;
        });
        bob.barrier();
        assertEquals(List.of("before"), bob.received());
        bob.start(part);
        awaitHeard("before", "meanwhile");
        network.mine();
        bob.barrier();
        assertEquals(List.of("before", "meanwhile"), bob.received());
        TestServer.await("all is told", () -> bob.told().size() == 2);
        assertEquals(List.of("before", "meanwhile"), bob.told());
    }

    @Test
    void theLastGoodSettingsHoldWhileTheirBundleIsAwayAndNothingCanBeSet() throws Exception {
        alice.settings.set("fee-cap-message", "12345sat");
        alice.stop(OperatorSettings.class);
        alice.send("lobby", "meanwhile");
        awaitHeard("meanwhile");
        assertEquals(12_345, alice.fees().limits().message());
        for (Executable command : List.<Executable>of(
                () -> alice.fees().limit(Fees.Cap.DAY, 1),
                () -> alice.privacy().apply(Privacy.Profile.ECONOMY),
                () -> alice.suites.deny("SCRYPT"))) {
            PartylineException refused = assertThrows(PartylineException.class, command);
            assertTrue(refused.getMessage().contains("waits for bundle org.partyline.settings"), refused.getMessage());
        }
        alice.start(OperatorSettings.class);
        alice.fees().limit(Fees.Cap.DAY, 54_321);
        alice.suites.deny("SCRYPT");
        assertEquals(54_321, alice.fees().limits().day());
        alice.send("lobby", "afterwards");
        awaitHeard("meanwhile", "afterwards");
    }

    @Test
    void whenTheNodesAreBackTheyAreReadFromWhereItStoppedAndNothingWasMissed() throws Exception {
        alice.send("lobby", "before");
        awaitHeard("before");
        bob.stop(NodeDirectory.class);
        long meanwhile = alice.send("lobby", "meanwhile");
        TestServer.await("it is out", () -> {
            alice.round();
            return network.broadcasts().size() == 2;
        });
        alice.stop(NodeDirectory.class);
        network.mine(3);
        alice.start(NodeDirectory.class);
        bob.start(NodeDirectory.class);
        awaitHeard("before", "meanwhile");
        TestServer.await("its block was read", () -> alice.state(meanwhile) == Messages.State.CONFIRMED);
    }

    @Test
    void aBlockThatIsGoneWhileTheNodesAreAwayIsToldAgain() throws Exception {
        network.mine(2);
        TestServer.await("the tip was read", () -> cursor().height() >= 2);
        BlockRef tip = cursor();
        alice.stop(NodeDirectory.class);
        alice.inboundQueue().blockDisconnected("a", Network.REGTEST, tip);
        alice.barrier();
        assertEquals(tip, cursor(), "where it is read from when they are back");
    }

    @Test
    void aBlockThatIsGoneWhileTheMailboxIsAwayIsTakenBackWhenThatReturns() throws Exception {
        long sent = alice.send("lobby", "mined");
        awaitHeard("mined");
        network.mine(1);
        TestServer.await("it is in a block", () -> alice.state(sent) == Messages.State.CONFIRMED);
        // Its packets come first, and the cursor moves after them.
        TestServer.await("the block was read to its end", () -> cursor().height() == network.height());
        BlockRef tip = cursor();
        alice.stop("mailbox");
        alice.inboundQueue().blockDisconnected("a", Network.REGTEST, tip);
        alice.barrier();
        alice.start("mailbox");
        TestServer.await("it is in no block any more", () -> alice.state(sent) != Messages.State.CONFIRMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mailbox",
                "fees",
                "contacts",
                "sealing",
                "delivery",
                "receive",
                "channels",
                "messages",
                "backup",
                "privacy"
            })
    void theStoreIsLockedWhicheverStageIsAway(String stage) throws Exception {
        alice.stop(stage);
        alice.vault().lock();
        assertEquals(org.partyline.api.store.Store.State.LOCKED, alice.vault().state());
        assertEquals(null, alice.unlocked());
        alice.start(stage);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.send("lobby", "afterwards");
        awaitHeard("afterwards");
    }

    @Test
    void whatExpiresWhileWhoSealsIsAwayIsGivenUpWhenThatReturns() throws Exception {
        alice.stop("sealing");
        long sent = alice.messages()
                .send(new Messages.Send(
                        Optional.empty(), "lobby", "for a minute", Optional.of(java.time.Duration.ofMinutes(1)), false))
                .id();
        clock.pass(java.time.Duration.ofDays(2));
        alice.round();
        assertEquals(Messages.State.QUEUED, alice.state(sent), "its session might have to be told");
        alice.start("sealing");
        TestServer.await("it has expired", () -> {
            alice.round();
            return alice.messages().outgoing(sent).state() == Messages.State.EXPIRED;
        });
    }

    @Test
    void aContactIsErasedAlsoWhileNobodyFreesItsCoins() throws Exception {
        alice.know(bob, "bob");
        alice.stop("delivery");
        alice.contacts().remove(Optional.empty(), "bob");
        assertEquals(List.of(), alice.contacts().listAll());
        alice.start("delivery");
        alice.send("lobby", "afterwards");
        awaitHeard("afterwards");
    }

    private BlockRef cursor() throws Exception {
        return alice.store
                .note("cursor." + Network.REGTEST.label() + ".a")
                .map(BlockRef::parse)
                .orElseThrow();
    }

    @Test
    void whoJoinsAChannelWhileTheNodesAreAwayLooksBackWhenTheyReturn() throws Exception {
        alice.stop(NodeDirectory.class);
        alice.join("plaza", Mode.RATCHET, Network.REGTEST);
        alice.barrier();
        alice.start(NodeDirectory.class);
        TestServer.await(
                "the blocks of the last day are read",
                () -> alice.channels().reading(Optional.empty(), "plaza").look() == Channels.Look.DONE);
    }

    /** As when they are stopped a moment after they were asked to begin anew. */
    @Test
    void nodesThatWereToBeginAnewAndWentAreToldAgain() throws Exception {
        network.mine(20);
        TestServer carol = TestServer.fresh(clock, network.node("c"));
        try (carol) {
            carol.stop(NodeDirectory.class);
            List<String> asked = new CopyOnWriteArrayList<>();
            NodeDirectory going = (NodeDirectory) Proxy.newProxyInstance(
                    NodeDirectory.class.getClassLoader(),
                    new Class<?>[] {NodeDirectory.class},
                    (self, method, arguments) -> {
                        if (method.getName().equals("rewatch")) {
                            asked.add(method.getName());
                            return null;
                        }
                        return method.invoke(carol.nodes, arguments);
                    });
            carol.start(NodeDirectory.class, going);
            carol.join("plaza", Mode.RATCHET, Network.REGTEST);
            TestServer.await("they are asked", () -> !asked.isEmpty());
            carol.stop(NodeDirectory.class);
            carol.start(NodeDirectory.class, carol.nodes);
            TestServer.await(
                    "the blocks of the last day are read",
                    () -> carol.channels().reading(Optional.empty(), "plaza").look() == Channels.Look.DONE);
        }
    }

    @Test
    void aMessageWhoseTimeEndsWhileTheNodesAreAwayIsGivenUpWhenTheyReturn() throws Exception {
        alice.stop(NodeDirectory.class);
        long id = alice.send("lobby", "too late");
        clock.pass(Duration.ofDays(2));
        alice.round();
        assertFalse(alice.state(id).isSettled());
        alice.start(NodeDirectory.class);
        TestServer.await("it is given up", () -> {
            alice.round();
            return alice.state(id).isSettled();
        });
    }

    @Test
    void chainsGoOnOverAnotherInstanceOfTheRatchet() throws Exception {
        alice.send("lobby", "one");
        alice.send("lobby", "two");
        awaitHeard("one", "two");
        for (TestServer server : List.of(alice, bob)) {
            server.stop(Chains.class);
            server.start(Chains.class, TestServer.make(PartylineChains.class));
        }
        alice.send("lobby", "three");
        awaitHeard("one", "two", "three");
        assertEquals(1, bob.chainsRead(), "a swap costs no new chain");
    }

    @Test
    void aContactGetsWhatWasWrittenWhileTheSessionsBundleWasAway() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.stop(Handshakes.class);
        alice.write("bob", "first words");
        alice.round();
        alice.start(Handshakes.class);
        TestServer.await("it arrives", () -> {
            alice.round();
            bob.round();
            return bob.received().contains("first words");
        });
    }

    @Test
    void aCommandThatNeedsWhatIsAwayIsRefusedWithTheReasonAndTheStoreStaysAsItIs() throws Exception {
        alice.vault().lock();
        alice.stop(Chains.class);
        PartylineException refused =
                assertThrows(PartylineException.class, () -> alice.vault().unlock(TestServer.STORE_PASSPHRASE));
        assertTrue(refused.getMessage().contains("org.partyline.ratchet"), refused.getMessage());
        assertEquals(org.partyline.api.store.Store.State.LOCKED, alice.vault().state());
        alice.start(Chains.class);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.send("lobby", "unlocked");
        awaitHeard("unlocked");
    }

    @Test
    void manyMessagesArriveOnceEachWhilePartsComeAndGo() throws Exception {
        List<Class<?>> swapped = List.of(
                Fragmenter.class,
                Pace.class,
                PacketCodec.class,
                Chains.class,
                ChannelKeys.class,
                SuiteDirectory.class,
                NodeDirectory.class);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Class<?> part = swapped.get(i / 3 % swapped.size());
            switch (i % 3) {
                case 1 -> {
                    alice.stop(part);
                    bob.stop(part);
                }
                case 2 -> {
                    alice.start(part);
                    bob.start(part);
                }
                default -> alice.round();
            }
            sent.add("message " + i);
            alice.send("lobby", sent.get(i));
        }
        TestServer.await("all is read", () -> {
            alice.round();
            return bob.received().size() >= sent.size();
        });
        assertEquals(sent, bob.received());
        TestServer.await("all is told", () -> bob.told().size() >= sent.size());
        assertEquals(Set.copyOf(sent), Set.copyOf(bob.told()));
        assertEquals(sent.size(), bob.told().size());
    }
}
