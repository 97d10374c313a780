package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.settings.NodeSettings;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** A server with three nodes, one of which is bad; another server listens by a node of its own. */
class SeveralNodesTest {
    private static final Duration RESEND = Duration.ofMinutes(2);
    /** As docs/nodes.md has them. */
    private static final Duration MOST_LATE = Duration.ofMinutes(30);

    private static final Duration MEMORY = Duration.ofMinutes(15);
    private static final int MOST_WITHHELD = 20;
    private static final int MOST_OURS = 3;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node one = network.node("one");
    private final TestNetwork.Node two = network.node("two");
    private final TestNetwork.Node three = network.node("three");
    private final TestNetwork.Node bobs = network.node("bobs");
    private final List<AuditLog.Entry> audited = new CopyOnWriteArrayList<>();
    private final List<Event> published = new CopyOnWriteArrayList<>();
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServersInOneChannel() throws Exception {
        network.mine(20);
        alice = TestServer.fresh(clock, one, two, three);
        bob = TestServer.fresh(clock, bobs);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        for (TestServer server : List.of(alice, bob)) {
            // Nodes begin anew for that; what happens meanwhile is none of these tests.
            TestServer.await(
                    "the blocks of the last day are read",
                    () -> server.channels().reading(Optional.empty(), "lobby").look() == Channels.Look.DONE);
        }
        alice.provide("auditLog", new AuditLog() {
            @Override
            public void record(String event, String detail) {
                audited.add(new Entry(clock.instant(), event, detail));
            }

            @Override
            public List<Entry> newest(int most) {
                return audited;
            }

            @Override
            public AutoCloseable follow(Consumer<Entry> listener) {
                throw new UnsupportedOperationException();
            }
        });
        alice.provide("eventAdmin", new EventAdmin() {
            @Override
            public void postEvent(Event event) {
                published.add(event);
            }

            @Override
            public void sendEvent(Event event) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private long send(String text, String via) throws PartylineException {
        return alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        text,
                        Optional.of(Duration.ofHours(12)),
                        false,
                        false,
                        Optional.of(via)))
                .id();
    }

    private void awaitState(long id, State state) throws Exception {
        TestServer.await("message " + id + " " + state, () -> alice.state(id) == state);
    }

    /** Comparisons, half a minute apart. */
    private void compare(int rounds) {
        for (int i = 0; i < rounds; i++) {
            alice.compareNodes();
            clock.pass(Duration.ofSeconds(30));
        }
    }

    private Optional<NodeFault> fault(String node) throws PartylineException {
        return alice.nodes.get(node).quarantine().map(Nodes.Quarantine::fault);
    }

    /** Every packet went out in one transaction, however often that was handed over. */
    private void assertNothingWentTwice() {
        Map<java.nio.ByteBuffer, Set<String>> carriers = new java.util.HashMap<>();
        for (TestNetwork.Handed handed : network.handed()) {
            TransactionScanner.scan(
                    handed.raw(),
                    (output, offset, length) -> carriers.computeIfAbsent(
                                    java.nio.ByteBuffer.wrap(
                                            java.util.Arrays.copyOfRange(handed.raw(), offset, offset + length)),
                                    none -> new HashSet<>())
                            .add(TransactionScanner.id(handed.raw()).toString()));
        }
        carriers.values().forEach(ids -> assertEquals(1, ids.size(), "a packet in two transactions"));
    }

    // ---- the way of a transaction

    @Test
    void eachMessageGoesInByOneNodeAndEveryNodeGetsItsTurn() throws Exception {
        for (int i = 0; i < 45; i++) {
            long id = alice.send("lobby", "message " + i);
            awaitState(id, State.SEEN);
        }
        assertEquals(45, network.handed().size(), "each was handed over once");
        assertEquals(Set.of("one", "two", "three"), Set.copyOf(network.entrances()));
    }

    @Test
    void aMessageGoesInByTheNodeThatWasChosen() throws Exception {
        for (int i = 0; i < 8; i++) {
            awaitState(send("by two, " + i, "two"), State.SEEN);
        }
        assertEquals(Set.of("two"), Set.copyOf(network.entrances()));
    }

    @Test
    void aNodeThatIsNotThereOrIsPausedCannotBeChosen() throws Exception {
        assertTrue(assertThrows(NoSuchThingException.class, () -> send("x", "four"))
                .getMessage()
                .contains("there is no node 'four'"));
        alice.nodes.pause("two");
        assertTrue(assertThrows(NoSuchThingException.class, () -> send("x", "two"))
                .getMessage()
                .contains("paused"));
        assertTrue(alice.messages().outbox(true).isEmpty(), "nothing was stored");
    }

    @Test
    void theWordOfTheNodeThatTookItIsNotEnough() throws Exception {
        two.silent = true;
        three.silent = true;
        long id = send("who has it?", "one");
        awaitState(id, State.BROADCAST);
        TestServer.await("bob has it", () -> bob.received().size() == 1);
        alice.kick();
        TestServer.await("its own node showed it", () -> alice.nodes.get("one").transactionsSeen() > 0);
        assertEquals(State.BROADCAST, alice.state(id));
        three.silent = false;
        alice.nodes.addTransport(three);
        awaitState(id, State.SEEN);
        assertEquals(List.of("one"), network.entrances());
    }

    @Test
    void withTheOthersAwayOneNodesWordIsAllThereIs() throws Exception {
        two.down = true;
        three.down = true;
        awaitState(send("alone", "one"), State.SEEN);
    }

    @Test
    void aNodeThatKeepsATransactionToItselfIsFoundOutAndTheSameOneGoesInByAnother() throws Exception {
        one.keeps = true;
        long id = send("did it arrive?", "one");
        awaitState(id, State.BROADCAST);
        clock.pass(RESEND.minusSeconds(1));
        alice.kick();
        long sentinel = send("a later one", "two");
        awaitState(sentinel, State.SEEN);
        assertEquals(List.of("one", "two"), network.entrances(), "not before its time");
        clock.pass(Duration.ofSeconds(2));
        alice.kick();
        awaitState(id, State.SEEN);
        TestServer.await("both arrive", () -> bob.received().size() == 2);
        assertEquals(3, network.handed().size());
        assertFalse(network.entrances().get(2).equals("one"));
        assertNothingWentTwice();
    }

    @Test
    void aTransactionThatIsNotInTheMempoolOfTheNodeThatTookItIsNotLost() throws Exception {
        // As with -privatebroadcast: the node shows it to nobody until it comes back.
        one.silent = true;
        long id = send("private", "one");
        awaitState(id, State.SEEN);
        clock.pass(RESEND.multipliedBy(2));
        alice.kick();
        awaitState(send("another", "two"), State.SEEN);
        assertEquals(List.of("one", "two"), network.entrances());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNodeThatDiesInTheMiddleMakesTheTransactionGoInByAnother(boolean took) throws Exception {
        if (took) {
            one.dieAfterTaking = 1;
        } else {
            one.onBroadcast = () -> {
                one.down = true;
                alice.nodes.removeTransport(one);
                throw new IllegalStateException("closed");
            };
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            texts.add("message " + i);
            alice.send("lobby", texts.get(i));
        }
        TestServer.await("all arrive", () -> bob.received().size() == texts.size());
        assertEquals(texts, bob.received());
        TestServer.await(
                "all are seen",
                () -> alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.SEEN));
        assertNothingWentTwice();
    }

    @Test
    void whatANodeTookAndNobodyShowedMovesOnAtOnceWhenThatNodeIsRemoved() throws Exception {
        one.keeps = true;
        long id = send("in flight", "one");
        awaitState(id, State.BROADCAST);
        alice.nodes.removeTransport(one);
        awaitState(id, State.SEEN);
        TestServer.await("it arrives", () -> bob.received().equals(List.of("in flight")));
        assertNothingWentTwice();
    }

    @Test
    void whatANodeTookMovesOnAtOnceWhenThatNodeIsPaused() throws Exception {
        one.keeps = true;
        long id = send("in flight", "one");
        awaitState(id, State.BROADCAST);
        alice.nodes.pause("one");
        awaitState(id, State.SEEN);
        assertNothingWentTwice();
    }

    @Test
    void aMessageWhoseChosenNodeDoesNotAnswerWaitsForItAndGoesByAnyWhenThatIsRemoved() throws Exception {
        two.down = true;
        long id = send("by two", "two");
        TestServer.await(
                "it waits for two",
                () -> alice.messages().outgoing(id).reason().contains("node 'two', which was chosen"));
        assertTrue(network.handed().isEmpty());
        alice.nodes.removeTransport(two);
        awaitState(id, State.SEEN);
    }

    @Test
    void anotherNodesRefusalDoesNotMakeATransactionThatMayBeOutGoOutAgainInAnother() throws Exception {
        // However often it is tried: what was joined just now is read in the meantime, and all that waits tried again.
        one.dieAfterTaking = Integer.MAX_VALUE;
        one.keeps = true;
        two.refuse = true;
        three.refuse = true;
        long id = send("once", "one");
        TestServer.await(
                "it broke off", () -> !alice.messages().outgoing(id).reason().isEmpty());
        one.down = true;
        clock.pass(RESEND.plusSeconds(1));
        alice.kick();
        TestServer.await(
                "it waits for the one that may have it",
                () -> alice.messages().outgoing(id).reason().contains("node 'one' may have it"));
        one.keeps = false;
        one.dieAfterTaking = 0;
        one.down = false;
        clock.pass(Duration.ofMinutes(2));
        alice.kick();
        TestServer.await("it arrives", () -> bob.received().equals(List.of("once")));
        assertNothingWentTwice();
    }

    @Test
    void whenEveryNodeRefusesTheFeeItIsPaidForAgain() throws Exception {
        one.refuse = true;
        two.refuse = true;
        three.refuse = true;
        long id = alice.send("lobby", "dear");
        TestServer.await(
                "paid again", () -> alice.messages().outgoing(id).reason().contains("paid for again"));
        one.refuse = false;
        two.refuse = false;
        three.refuse = false;
        clock.pass(Duration.ofMinutes(2));
        alice.kick();
        awaitState(id, State.SEEN);
        TestServer.await("it arrives", () -> bob.received().equals(List.of("dear")));
    }

    @Test
    void oneNodesRefusalIsNoRefusalWhereAnotherTakesIt() throws Exception {
        one.refuse = true;
        two.refuse = true;
        for (int i = 0; i < 10; i++) {
            awaitState(alice.send("lobby", "message " + i), State.SEEN);
        }
        TestServer.await("all arrive", () -> bob.received().size() == 10);
        assertNothingWentTwice();
    }

    @Test
    void afterARestartItIsStillKnownWhichNodesGotATransaction() throws Exception {
        one.keeps = true;
        long id = send("before the crash", "one");
        awaitState(id, State.BROADCAST);
        alice = alice.restart(one, two, three);
        clock.pass(RESEND.plusSeconds(1));
        alice.kick();
        awaitState(id, State.SEEN);
        assertFalse(network.entrances().get(1).equals("one"));
        assertNothingWentTwice();
    }

    // ---- nodes that are set aside

    @Test
    void goodNodesAreNotSetAside() throws Exception {
        for (int i = 0; i < 30; i++) {
            awaitState(alice.send("lobby", "message " + i), State.SEEN);
        }
        network.mine(3);
        compare(6);
        for (Nodes.Node node : alice.nodes.list()) {
            assertTrue(node.quarantine().isEmpty(), node.toString());
            assertEquals(0, node.shown().withheld());
        }
    }

    @Test
    void aNodeOnAnotherChainIsSetAsideAuditedAndUsedAgainWhenItIsBack() throws Exception {
        two.fork = 5;
        compare(1);
        assertEquals(Optional.empty(), fault("two"), "once may be chance");
        compare(1);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("two"));
        assertEquals(Optional.empty(), fault("one"));
        assertEquals(Optional.empty(), fault("three"));
        assertEquals("node-quarantined", audited.get(0).event());
        assertFalse(audited.get(0).detail().contains("two"), "the audit log is kept in clear: no names");
        assertEquals("org/partyline/node/QUARANTINED", topics().get(0));
        assertEquals("two", published.get(0).getProperty("node"));

        for (int i = 0; i < 10; i++) {
            awaitState(alice.send("lobby", "message " + i), State.SEEN);
        }
        assertFalse(network.entrances().contains("two"));
        assertThrows(NoSuchThingException.class, () -> send("x", "two"));

        two.fork = Integer.MAX_VALUE;
        compare(2);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("two"), "not before its time");
        clock.pass(alice.settings.get().nodes().quarantine());
        compare(1);
        assertEquals(Optional.empty(), fault("two"));
        assertEquals("node-released", audited.get(1).event());
        assertTrue(topics().contains("org/partyline/node/RELEASED"));
        awaitState(send("welcome back", "two"), State.SEEN);
    }

    private List<String> topics() {
        return published.stream()
                .map(Event::getTopic)
                .filter(topic -> topic.startsWith("org/partyline/node/"))
                .toList();
    }

    @Test
    void aNodeThatLiesAboutItsHeightIsSetAside() throws Exception {
        three.lie = 1000;
        compare(2);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("three"));
        three.lie = 0;
        one.stuck = 10;
        clock.pass(alice.settings.get().nodes().quarantine());
        compare(2);
        assertEquals(Optional.empty(), fault("three"));
        assertEquals(Optional.of(NodeFault.BEHIND), fault("one"));
    }

    @Test
    void aNodeThatHasBeenWithoutABlockForHalfAnHourIsSetAside() throws Exception {
        two.stuck = 20;
        network.mine();
        compare(2);
        clock.pass(MOST_LATE.minusSeconds(90));
        compare(1);
        assertEquals(Optional.empty(), fault("two"));
        clock.pass(Duration.ofMinutes(1));
        compare(2);
        assertEquals(Optional.of(NodeFault.BEHIND), fault("two"));
        two.stuck = Integer.MAX_VALUE;
        clock.pass(alice.settings.get().nodes().quarantine());
        compare(1);
        assertEquals(Optional.empty(), fault("two"));
    }

    @Test
    void anOldNodeIsSetAsideUntilTheSettingAllowsIt() throws Exception {
        alice.settings.set(NodeSettings.MINIMUM_VERSION, "test:250000");
        two.version = 240100;
        compare(1);
        assertEquals(Optional.of(NodeFault.OLD_VERSION), fault("two"));
        alice.settings.set(NodeSettings.MINIMUM_VERSION, "test:240000");
        clock.pass(alice.settings.get().nodes().quarantine());
        compare(1);
        assertEquals(Optional.empty(), fault("two"));
    }

    @Test
    void aNodeThatWithholdsWhatOthersShowIsSetAsideAndShownAgainLater() throws Exception {
        compare(6);
        three.silent = true;
        for (int i = 0; i < MOST_WITHHELD; i++) {
            network.accept(network.transaction(List.of(new byte[] {9, 9, 9})));
        }
        compare(5);
        assertEquals(Optional.of(NodeFault.WITHHOLDS), fault("three"));
        assertEquals(Optional.empty(), fault("one"));
        assertEquals(Optional.empty(), fault("two"));
        Nodes.Shown shown = alice.nodes.get("three").shown();
        assertEquals(MOST_WITHHELD, shown.withheld());
        three.silent = false;
        clock.pass(MEMORY);
        compare(1);
        assertEquals(Optional.empty(), fault("three"));
    }

    @Test
    void aNodeThatTakesOursAndPassesNoneOnIsSetAside() throws Exception {
        compare(6);
        one.keeps = true;
        for (int i = 0; i < MOST_OURS; i++) {
            long id = send("message " + i, "one");
            awaitState(id, State.BROADCAST);
            clock.pass(RESEND.plusSeconds(1));
            alice.kick();
            awaitState(id, State.SEEN);
        }
        compare(1);
        assertEquals(Optional.of(NodeFault.WITHHOLDS), fault("one"));
        assertEquals(Optional.empty(), fault("two"));
        assertEquals(Optional.empty(), fault("three"));
        assertNothingWentTwice();
        TestServer.await("all arrive", () -> bob.received().size() == MOST_OURS);
    }

    /** As where it pays less than they relay, or spends the change of one that does. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNodeWhoseTransactionsOthersDoNotWantIsNotSetAside(boolean refuseIt) throws Exception {
        compare(6);
        one.keeps = true;
        for (TestNetwork.Node other : List.of(two, three)) {
            other.refuse = refuseIt;
            // Peers do not say so.
            other.keeps = !refuseIt;
        }
        for (int i = 0; i < MOST_OURS; i++) {
            long id = send("message " + i, "one");
            awaitState(id, State.BROADCAST);
            int before = network.handed().size();
            clock.pass(RESEND.plusSeconds(1));
            alice.kick();
            TestServer.await("it was handed over again", () -> network.handed().size() > before);
        }
        compare(1);
        assertEquals(Optional.empty(), fault("one"));
    }

    @Test
    void theWordOfANodeThatIsSetAsideDoesNotCount() throws Exception {
        two.fork = 5;
        compare(2);
        three.silent = true;
        long id = send("seen by a liar only", "one");
        awaitState(id, State.BROADCAST);
        TestServer.await("two has shown it", () -> alice.nodes.get("two").transactionsSeen() > 0);
        alice.kick();
        TestServer.await("bob has it", () -> bob.received().size() == 1);
        assertEquals(State.BROADCAST, alice.state(id));
        three.silent = false;
        alice.nodes.addTransport(three);
        awaitState(id, State.SEEN);
    }

    @Test
    void theStatusOfNodesTellsWhoShowedOurPacketsFirst() throws Exception {
        bob.nodes.addTransport(one);
        bob.nodes.addTransport(two);
        for (int i = 0; i < 5; i++) {
            alice.send("lobby", "message " + i);
        }
        TestServer.await("all arrive", () -> bob.received().size() == 5);
        double sum = bob.nodes.list().stream().mapToDouble(Nodes.Node::share).sum();
        assertEquals(1.0, sum, 1e-9);
    }

    // ---- reorganisations

    @Test
    void aReorganisationTakesAConfirmationBackAndTheNewChainGivesItAgain() throws Exception {
        long id = send("mined twice", "one");
        awaitState(id, State.SEEN);
        TestServer.await("received", () -> bob.received().size() == 1);
        network.mine();
        awaitState(id, State.CONFIRMED);
        long received = bob.messages().messages(Messages.Query.ALL).get(0).id();
        TestServer.await("bob knows the block", () -> height(bob, received) == 21);

        network.disconnect(3, true);
        awaitState(id, State.SEEN);
        TestServer.await("bob knows no block", () -> height(bob, received) == -1);
        assertEquals(-1, height(alice, id));
        assertTrue(alice.messages().outbox(false).stream().anyMatch(out -> out.id() == id), "it is not final");

        network.mine(2);
        awaitState(id, State.CONFIRMED);
        TestServer.await("bob knows the new block", () -> height(bob, received) == 19);
        assertEquals(19, height(alice, id));
        assertNothingWentTwice();
        assertEquals(List.of("mined twice"), bob.received());
    }

    private static int height(TestServer server, long message) throws PartylineException {
        return server.messages().messages(Messages.Query.ALL).stream()
                .filter(found -> found.id() == message)
                .findFirst()
                .orElseThrow()
                .block()
                .orElse(-1);
    }

    @Test
    void whatTheNewChainAndTheMempoolsLostIsHandedOverAgainTheSameTransaction() throws Exception {
        long id = send("lost by all", "one");
        awaitState(id, State.SEEN);
        network.mine();
        awaitState(id, State.CONFIRMED);
        network.disconnect(1, false);
        TestServer.await("handed over again", () -> network.handed().size() == 2);
        network.mine();
        awaitState(id, State.CONFIRMED);
        assertNothingWentTwice();
    }

    @Test
    void whatNodesRefuseInTheMiddleOfAReorganisationIsHandedOverAgainAtTheNextBlock() throws Exception {
        long id = send("not final yet", "one");
        awaitState(id, State.SEEN);
        network.mine();
        awaitState(id, State.CONFIRMED);
        List.of(one, two, three).forEach(node -> node.refuse = true);
        network.disconnect(1, false);
        TestServer.await(
                "refused",
                () -> alice.messages().outbox(true).stream()
                        .anyMatch(out -> out.id() == id && out.reason().contains("refuses it now")));
        List.of(one, two, three).forEach(node -> node.refuse = false);
        network.mine();
        TestServer.await("handed over again", () -> network.handed().size() == 2);
        network.mine();
        awaitState(id, State.CONFIRMED);
        assertNothingWentTwice();
    }

    @Test
    void aMessageWhoseTimeHasEndedIsLookedAfterUntilItStandsInABlockAgain() throws Exception {
        long id = alice.messages()
                .send(new Messages.Send(
                        Optional.empty(), "lobby", "short-lived", Optional.of(Duration.ofMinutes(10)), false))
                .id();
        awaitState(id, State.SEEN);
        network.mine();
        awaitState(id, State.CONFIRMED);
        clock.pass(Duration.ofMinutes(30));
        network.disconnect(1, false);
        TestServer.await("handed over again", () -> network.handed().size() == 2);
        clock.pass(Duration.ofHours(2));
        alice.keep();
        assertEquals(State.SEEN, alice.state(id), "it is still there");
        network.mine();
        awaitState(id, State.CONFIRMED);
        alice.keep();
        assertThrows(NoSuchThingException.class, () -> alice.state(id), "settled, it goes as any other");
    }

    @Test
    void aReorganisationWhileLockedIsTakenUpAfterwards() throws Exception {
        long id = send("while you slept", "one");
        awaitState(id, State.SEEN);
        network.mine();
        awaitState(id, State.CONFIRMED);
        alice.vault().lock();
        network.disconnect(1, true);
        TestServer.await(
                "it is remembered", () -> alice.store.note("gone.regtest").isPresent());
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitState(id, State.SEEN);
        assertTrue(alice.store.note("gone.regtest").isEmpty());

        alice.vault().lock();
        network.mine();
        TestServer.await("collected", () -> alice.vault().collected() > 0);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitState(id, State.CONFIRMED);
    }

    @Test
    void oneNodeThatLeavesABlockWhichTheOthersHaveTakesNothingBack() throws Exception {
        long id = send("stands", "one");
        awaitState(id, State.SEEN);
        var block = network.mine();
        awaitState(id, State.CONFIRMED);
        two.fork = 21;
        network.leave(two, block);
        long sentinel = send("later", "one");
        awaitState(sentinel, State.SEEN);
        network.mine();
        awaitState(sentinel, State.CONFIRMED);
        assertEquals(State.CONFIRMED, alice.state(id));
    }

    @Test
    void whatOnlyANodeOnAnotherChainConfirmedIsTakenBackWhenItIsFoundOut() throws Exception {
        long id = send("in a block of a liar", "one");
        awaitState(id, State.SEEN);
        network.mineAt(two, 7);
        awaitState(id, State.CONFIRMED);
        two.fork = 5;
        compare(2);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("two"));
        awaitState(id, State.SEEN);
        network.mine();
        awaitState(id, State.CONFIRMED);
    }

    @Test
    void readingGoesOnFromTheForkAfterARestart() throws Exception {
        network.mine(2);
        long sentinel = alice.send("lobby", "to know that the blocks were read");
        awaitState(sentinel, State.SEEN);
        network.mine();
        awaitState(sentinel, State.CONFIRMED);
        network.disconnect(2, true);
        awaitState(sentinel, State.SEEN);
        TestServer.await(
                "the position went back",
                () -> alice.store.note("cursor.regtest").orElseThrow().startsWith("21:"));
    }

    @Test
    void feesAreThoseOfTheNodeThatItGoesInBy() throws Exception {
        alice.settings.set("fee-band", "0");
        one.floor = new FeeRate(1000);
        long id = send("dear", "one");
        awaitState(id, State.SEEN);
        assertEquals(202, alice.messages().outgoing(id).fee());
    }

    private long sign(Optional<String> via) throws PartylineException {
        return alice.messages()
                .send(new Messages.Send(Optional.empty(), false, "lobby", "signed", Optional.empty(), false, true, via))
                .id();
    }

    @Test
    void aSignedMessageGoesInByTheNodeThatCarriesItThoughOthersCarryLess() throws Exception {
        two.maxPayload = 128;
        List<String> handed = new CopyOnWriteArrayList<>();
        for (TestNetwork.Node node : List.of(one, two, three)) {
            node.onBroadcast = () -> handed.add(node.name());
        }
        long chosen = sign(Optional.of("two"));
        long any = sign(Optional.empty());
        TestServer.await(
                "both are out",
                () -> alice.state(chosen).ordinal() >= State.BROADCAST.ordinal()
                        && alice.state(any).ordinal() >= State.BROADCAST.ordinal());
        assertEquals(Set.of("two"), Set.copyOf(handed));
        TestServer.await("bob has both", () -> bob.received().equals(List.of("signed", "signed")));
        NoSuchThingException refusal = assertThrows(NoSuchThingException.class, () -> sign(Optional.of("one")));
        assertTrue(refusal.getMessage().contains("node 'one' carries less"), refusal.getMessage());
    }

    @Test
    void aNodeThatCarriesNoPacketsHoldsUpNoOther() throws Exception {
        one.maxPayload = 0;
        three.maxPayload = 42;
        alice.send("lobby", "by the other");
        TestServer.await("bob has it", () -> bob.received().equals(List.of("by the other")));
    }

    // ---- a node that was chosen

    @Test
    void whatTheChosenNodeMayHaveWaitsForItAWhileBeforeItGoesByAnother() throws Exception {
        one.dieAfterTaking = Integer.MAX_VALUE;
        one.keeps = true;
        long id = send("once", "one");
        TestServer.await(
                "it broke off", () -> !alice.messages().outgoing(id).reason().isEmpty());
        one.down = true;
        TestServer.await("it waits for the chosen one", () -> {
            alice.kick();
            return alice.messages().outgoing(id).reason().contains("node 'one', which was chosen");
        });
        assertEquals(Set.of("one"), Set.copyOf(network.entrances()));
        clock.pass(RESEND.plusSeconds(1));
        alice.kick();
        awaitState(id, State.SEEN);
        assertNothingWentTwice();
    }

    @Test
    void whatAnotherNodeThanTheChosenOneWasTriedByGoesByAnyFromThenOn() throws Exception {
        one.dieAfterTaking = Integer.MAX_VALUE;
        one.keeps = true;
        long id = send("once", "one");
        TestServer.await(
                "it broke off", () -> !alice.messages().outgoing(id).reason().isEmpty());
        one.down = true;
        for (TestNetwork.Node other : List.of(two, three)) {
            other.dieAfterTaking = Integer.MAX_VALUE;
            other.keeps = true;
        }
        clock.pass(RESEND.plusSeconds(1));
        alice.kick();
        TestServer.await(
                "it was tried by another", () -> network.entrances().stream().anyMatch(node -> !node.equals("one")));
        alice.round();
        for (TestNetwork.Node other : List.of(two, three)) {
            other.dieAfterTaking = 0;
            other.keeps = false;
        }
        alice.kick();
        awaitState(id, State.SEEN);
        assertNothingWentTwice();
    }

    /** Of nodes that would not have it anyway. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theWordOfTheOnlyNodeThatCarriesATransactionIsEnough(boolean byFee) throws Exception {
        for (TestNetwork.Node other : List.of(two, three)) {
            other.silent = true;
            if (byFee) {
                other.floor = new FeeRate(1_000_000);
            } else {
                other.maxPayload = 0;
            }
        }
        awaitState(send("to whom else?", "one"), State.SEEN);
    }

    // ---- what nodes carry

    private List<Integer> sizes(byte[] raw) {
        List<Integer> sizes = new ArrayList<>();
        TransactionScanner.scan(raw, (output, offset, length) -> sizes.add(length));
        return sizes;
    }

    @Test
    void packetsAreNoLargerThanWhatIsSetWhateverNodesCarry() throws Exception {
        List.of(one, two, three).forEach(node -> node.maxPayload = 256);
        String text = "a longer one ".repeat(12);
        alice.send("lobby", text);
        TestServer.await("bob has it", () -> bob.received().equals(List.of(text)));
        network.handed().forEach(handed -> sizes(handed.raw()).forEach(size -> assertTrue(size <= 80, "of " + size)));
        alice.settings.set("max-bucket", "256");
        alice.send("lobby", text);
        TestServer.await("bob has both", () -> bob.received().equals(List.of(text, text)));
        assertTrue(
                network.handed().stream().anyMatch(handed -> sizes(handed.raw()).get(0) > 80));
    }

    @Test
    void whatGoesInByAChosenNodeIsOfTheSizeThatItCarries() throws Exception {
        two.maxPayload = 256;
        alice.settings.set("max-bucket", "256");
        String text = "a longer one ".repeat(12);
        send(text, "one");
        TestServer.await("bob has it", () -> bob.received().equals(List.of(text)));
        assertEquals(Set.of("one"), Set.copyOf(network.entrances()));
        network.handed().forEach(handed -> sizes(handed.raw()).forEach(size -> assertTrue(size <= 80, "of " + size)));
    }

    @Test
    void aRollingTransactionGoesInByANodeThatCarriesAllThatRides() throws Exception {
        List.of(one, two, three).forEach(node -> node.maxOutputs = 10);
        two.maxPayload = 256;
        alice.settings.set("max-bucket", "256");
        List<String> texts = new ArrayList<>(List.of("a longer one ".repeat(12), "short", "too", "and again"));
        for (String text : texts) {
            alice.messages()
                    .send(new Messages.Send(
                            Optional.empty(),
                            false,
                            "lobby",
                            text,
                            Optional.of(Duration.ofHours(12)),
                            false,
                            false,
                            Optional.empty(),
                            Optional.of(Messages.Carrier.ROLLING)));
            TestServer.await("bob has it", () -> {
                clock.pass(Duration.ofSeconds(31));
                alice.round();
                return bob.received().contains(text);
            });
        }
        assertTrue(
                network.handed().stream().anyMatch(handed -> sizes(handed.raw()).contains(256)));
        for (TestNetwork.Handed handed : network.handed()) {
            assertTrue(
                    handed.node().equals("two") || sizes(handed.raw()).stream().allMatch(size -> size <= 80),
                    handed.node() + " got " + sizes(handed.raw()));
        }
    }

    @Test
    void whatNoNodeCarriesAnyMoreIsOfferedToThemAllTheSame() throws Exception {
        List<TestNetwork.Node> all = List.of(one, two, three);
        all.forEach(node -> node.poor = true);
        long id = alice.send("lobby", "sealed while nodes carried it");
        TestServer.await("it is sealed", () -> alice.state(id) == State.SEALED);
        all.forEach(node -> node.maxPayload = 42);
        all.forEach(node -> node.poor = false);
        clock.pass(Duration.ofMinutes(2));
        alice.kick();
        TestServer.await("bob has it", () -> bob.received().size() == 1);
    }
}
