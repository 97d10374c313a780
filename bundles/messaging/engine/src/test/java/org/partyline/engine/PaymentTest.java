package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Privacy;
import org.partyline.api.settings.FeeSettings;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.mailbox.PropagationRecords;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** What is asked before a wallet signs: whether real money may be spent at all, and the caps. */
class PaymentTest {
    private static final String HOW = "partyline:fee-limit --accept-mainnet";

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private TestNetwork.Node nodeA;
    private TestNetwork.Node nodeB;
    private TestServer alice;
    private TestServer bob;

    private void on(Network where) throws Exception {
        nodeA = network.node("a", where);
        nodeB = network.node("b", where);
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.settings.set("fee-band", "0");
        alice.settings.set("jitter", "0s");
        bob.settings.set("jitter", "0s");
    }

    @AfterEach
    void close() {
        for (TestServer server : Arrays.asList(alice, bob)) {
            if (server != null) {
                server.close();
            }
        }
    }

    /** Lets the sender try again whatever waits. */
    private static void tries(TestServer server, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            server.clock.pass(Duration.ofSeconds(70));
            server.kick();
            server.round();
        }
    }

    private static List<String> reasons(TestServer server) throws Exception {
        return server.messages().outbox(false).stream()
                .map(Messages.Outgoing::reason)
                .toList();
    }

    private static void refused(ThrowingAction action) {
        PartylineException refused = assertThrows(PartylineException.class, action::run);
        assertTrue(refused.getMessage().contains(HOW), refused.getMessage());
    }

    private interface ThrowingAction {
        void run() throws Exception;
    }

    @Test
    void whatIsBegunByHandIsRefusedOnMainnetUntilItIsAccepted() throws Exception {
        on(Network.MAINNET);
        alice.join("lobby", Mode.RATCHET);
        alice.know(bob, "bob");
        var before = alice.settings.values();

        refused(() -> alice.send("lobby", "for money"));
        refused(() -> alice.write("bob", "for money"));
        refused(() -> alice.sessions().open(Optional.empty(), "bob"));
        refused(() -> alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 1000));
        refused(() -> alice.privacy().apply(Privacy.Profile.MAXIMUM));

        assertEquals(before, alice.settings.values());
        assertEquals(List.of(), alice.cover().status());
        tries(alice, 3);
        assertEquals(List.of(), nodeA.signed);

        alice.fees().acceptMainnet();
        alice.sessions().open(Optional.empty(), "bob");
        TestServer.await("the handshake left", () -> !network.broadcasts().isEmpty());
        assertTrue(alice.cover()
                .start(Optional.empty(), Duration.ofSeconds(30), 1000)
                .running());
    }

    @Test
    void aContactGetsNoAnswerForRealMoneyUntilItIsAccepted() throws Exception {
        on(Network.MAINNET);
        alice.fees().acceptMainnet();
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.write("bob", "I pay, and you?");
        TestServer.await("an answer waits", () -> {
            tries(alice, 1);
            bob.round();
            return reasons(bob).stream().anyMatch(reason -> reason.contains(HOW));
        });
        tries(bob, 5);
        assertEquals(List.of(), nodeB.signed);
        assertEquals(List.of(), bob.received());

        bob.fees().acceptMainnet();
        TestServer.await("the session opens", () -> {
            tries(alice, 1);
            bob.kick();
            return bob.received().equals(List.of("I pay, and you?"));
        });
        assertFalse(nodeB.signed.isEmpty());
    }

    @Test
    void whatWaitsOnEitherCarrierIsNotSignedWhenMainnetIsNotAcceptedAnyMore() throws Exception {
        on(Network.MAINNET);
        alice.fees().acceptMainnet();
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        long out = alice.send("lobby", "this goes");
        TestServer.await("it went", () -> bob.received().size() == 1);
        long rolled = roll("this too");
        TestServer.await("it went", () -> {
            tries(alice, 1);
            return bob.received().size() == 2;
        });
        nodeA.down = true;
        alice.send("lobby", "this waits");
        roll("and this");
        alice.round();
        alice.settings.set(FeeSettings.MAINNET_ACCEPTED, "false");
        int signed = nodeA.signed.size();
        nodeA.down = false;

        tries(alice, 5);

        assertEquals(signed, nodeA.signed.size());
        assertTrue(reasons(alice).stream().anyMatch(reason -> reason.contains(HOW)), reasons(alice)::toString);
        refused(() -> alice.messages().recall(out));
        refused(() -> alice.messages().recall(rolled));
        // A floor that rises makes a roll pay more, and one whose time is over is burned: later.
        network.floor = 400;
        network.evictAll();
        tries(alice, 12);
        assertEquals(signed, nodeA.signed.size());
        alice.settings.set("roll-end", "burn");
        clock.pass(Duration.ofHours(7));
        tries(alice, 3);
        assertEquals(signed, nodeA.signed.size());

        network.floor = 100;
        alice.fees().acceptMainnet();
        TestServer.await("the floor is paid again", () -> {
            tries(alice, 1);
            return nodeA.signed.size() > signed;
        });
    }

    private long roll(String text) throws Exception {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        text,
                        Optional.of(Duration.ofDays(2)),
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(Messages.Carrier.ROLLING)))
                .id();
    }

    @Test
    void decoysGoWhereThePersonaTalksAndNowhereElse() throws Exception {
        on(Network.REGTEST);
        TestNetwork other = new TestNetwork(clock);
        TestNetwork.Node real = other.node("real", Network.MAINNET);
        alice.close();
        alice = TestServer.fresh(clock, nodeA, real);
        alice.fees().acceptMainnet();
        Cover.Status none = alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 100_000);
        assertFalse(none.running());
        assertTrue(none.problem().contains("talks to nobody"), none.problem());

        alice.join("lobby", Mode.RATCHET);
        for (int i = 0; i < 3; i++) {
            int before = network.broadcasts().size();
            clock.set(alice.cover().status().get(0).next().orElseThrow());
            alice.kick();
            TestServer.await("a decoy left", () -> network.broadcasts().size() > before);
        }
        assertEquals(List.of(), other.broadcasts());
        assertEquals(List.of(), real.signed);
    }

    @Test
    void coverOnMainnetWaitsAgainWhenItIsNotAcceptedAnyMore() throws Exception {
        on(Network.MAINNET);
        alice.fees().acceptMainnet();
        alice.join("lobby", Mode.RATCHET);
        alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 100_000);
        alice.settings.set(FeeSettings.MAINNET_ACCEPTED, "false");

        tries(alice, 5);

        Cover.Status status = alice.cover().status().get(0);
        assertFalse(status.running());
        assertTrue(status.problem().contains(HOW), status.problem());
        assertEquals(List.of(), nodeA.signed);
    }

    @Test
    void whoTalksElsewhereTooHasCoverThereWithNoRealMoney() throws Exception {
        on(Network.MAINNET);
        TestNetwork other = new TestNetwork(clock);
        alice.close();
        alice = TestServer.fresh(clock, nodeA, other.node("play"));
        alice.join("lobby", Mode.RATCHET, Network.MAINNET);
        alice.join("yard", Mode.RATCHET, Network.REGTEST);

        Cover.Status status = alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 100_000);

        assertTrue(status.running(), status.problem());
        clock.set(status.next().orElseThrow());
        alice.kick();
        TestServer.await("a decoy left", () -> !other.broadcasts().isEmpty());
        assertEquals(List.of(), nodeA.signed);
    }

    @Test
    void whatACapRefusesIsNotSigned() throws Exception {
        on(Network.REGTEST);
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        alice.fees().limit(Fees.Cap.MESSAGE, 10);
        long single = alice.send("lobby", "too dear");
        tries(alice, 10);
        assertTrue(
                alice.messages().outgoing(single).reason().contains("cap"),
                alice.messages().outgoing(single).reason());
        alice.messages().cancel(single);
        long rolling = roll("too dear, too");
        tries(alice, 10);
        assertTrue(
                alice.messages().outgoing(rolling).reason().contains("cap"),
                alice.messages().outgoing(rolling).reason());
        assertEquals(List.of(), nodeA.signed);

        alice.fees().limit(Fees.Cap.MESSAGE, 1000);
        TestServer.await("it left", () -> {
            tries(alice, 1);
            return bob.received().size() == 1;
        });
        TestServer.await("its own server has seen it, too", () -> alice.state(rolling) == Messages.State.SEEN);
        int signed = nodeA.signed.size();
        assertEquals(List.of(), nodeA.discarded);

        // The next version costs more than the hour has left.
        long spent = alice.fees().limits().hourSpent();
        alice.fees().limit(Fees.Cap.HOUR, spent + 5);
        long next = roll("the hour is full");
        clock.pass(Duration.ofSeconds(31));
        alice.kick();
        alice.round();
        assertTrue(
                alice.messages().outgoing(next).reason().contains("hour"),
                alice.messages().outgoing(next).reason());
        assertEquals(signed, nodeA.signed.size());
    }

    @Test
    void whatTurnsOutToBeOverACapOnlyWhenItIsSignedGivesItsAddressBack() throws Exception {
        on(Network.REGTEST);
        // Wallets of this network make transactions a byte larger than usual.
        network.floor = 10_000;
        alice.settings.set("fee-minimum", "10sat/vB");
        alice.join("lobby", Mode.OPEN);
        int usual = TransactionSize.of(List.of(new byte[64]));
        alice.fees().limit(Fees.Cap.MESSAGE, 10L * usual + 5);

        alice.send("lobby", "a little too dear");
        alice.round();
        tries(alice, 2);

        assertFalse(nodeA.signed.isEmpty());
        assertEquals(nodeA.signed, nodeA.discarded);
        assertEquals(List.of(), network.broadcasts());
    }

    @Test
    void whatIsCancelledBeforeAnybodyHadItGivesItsAddressBack() throws Exception {
        on(Network.REGTEST);
        alice.join("lobby", Mode.OPEN);
        nodeA.onSigned = () -> alice.store.failNext(PropagationRecords.TRACES, Integer.MAX_VALUE);
        long id = alice.send("lobby", "signed, and no further");
        TestServer.await("it is signed", () -> nodeA.signed.size() == 1);
        alice.round();
        assertEquals(List.of(), network.broadcasts());

        alice.messages().cancel(id);

        assertEquals(1, nodeA.discarded.size());
        assertEquals(nodeA.signed.get(0).id(), nodeA.discarded.get(0).id());
        assertEquals(List.of(), nodeA.released);
    }

    @Test
    void whatMayBeInTheStoreKeepsItsAddress() throws Exception {
        on(Network.REGTEST);
        alice.join("lobby", Mode.OPEN);
        nodeA.onSigned = () -> {
            nodeA.onSigned = () -> {};
            alice.store.failNext(OutgoingRecords.TABLE, 1);
        };
        alice.send("lobby", "the disk is full for a moment");
        TestServer.await("it is sent after all", () -> {
            tries(alice, 1);
            return !network.broadcasts().isEmpty();
        });
        assertEquals(2, nodeA.signed.size());
        assertEquals(nodeA.signed.subList(0, 1), nodeA.released);
        assertEquals(List.of(), nodeA.discarded);
    }

    @Test
    void whatANodeRefusedKeepsItsAddress() throws Exception {
        on(Network.REGTEST);
        alice.join("lobby", Mode.OPEN);
        nodeA.refuse = true;
        alice.send("lobby", "too cheap");
        tries(alice, 3);
        assertFalse(nodeA.released.isEmpty());
        assertEquals(List.of(), nodeA.discarded);
    }

    @Test
    void theUsualSizeIsWhatATransactionOfOneCoinHas() {
        assertEquals(TransactionSize.ONE_PACKET, TransactionSize.of(List.of(new byte[80])));
        assertEquals(TransactionSize.ONE_PACKET - 17, TransactionSize.of(List.of(new byte[64])));
        assertEquals(TransactionSize.ONE_PACKET + 92, TransactionSize.of(List.of(new byte[80], new byte[80])));
        assertEquals(TransactionSize.ONE_PACKET + 512 - 80 + 3, TransactionSize.of(List.of(new byte[512])));
    }
}
