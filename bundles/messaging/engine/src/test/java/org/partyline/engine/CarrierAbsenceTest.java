package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.carrier.confirm.ConfirmCarriers;
import org.partyline.carrier.rolling.RollingCarriers;
import org.partyline.engine.delivery.KeptTransaction;
import org.partyline.engine.delivery.KeptTransactionRecords;

/** A carrier goes while messages flow, and returns: nothing is lost, nothing leaves twice, and its coins are its own meanwhile. */
class CarrierAbsenceTest extends CarrierStage {
    private final List<String> texts = new ArrayList<>();

    private CarrierFactory factory(String id) {
        return id.equals("rolling") ? alice.rolling : alice.confirm;
    }

    private void awaitReceived(String... more) throws Exception {
        texts.addAll(List.of(more));
        TestServer.await("received", () -> {
            pass();
            return bob.received().size() >= texts.size();
        });
        assertEquals(texts, bob.received());
    }

    private long write(String text, String carrier) throws Exception {
        return write(text, new Carrier(carrier), Duration.ofDays(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void whatIsSentWhileItIsAwayWaitsAndSaysForWhatAndLeavesWhenItReturns(String id) throws Exception {
        write("before", id);
        awaitReceived("before");
        int handed = network.broadcasts().size();
        alice.stop(factory(id));
        long waiting = write("meanwhile", id);
        pass();
        assertEquals(
                "its carrier '" + id + "' is away: no bundle that is here brings it (bundle org.partyline.carrier-" + id
                        + ")",
                alice.messages().outgoing(waiting).reason());
        assertEquals(handed, network.broadcasts().size(), "nothing leaves");
        alice.start(factory(id));
        awaitReceived("meanwhile");
        TestServer.await("it is out", () -> alice.state(waiting) == State.SEEN);
        assertEquals("", alice.messages().outgoing(waiting).reason());
    }

    @Test
    void whatIsSentWhileItIsAwayGoesInTheSameRollingTransaction() throws Exception {
        roll("before");
        awaitReceived("before");
        alice.stop(alice.rolling);
        roll("meanwhile");
        pass();
        alice.start(new RollingCarriers());
        awaitReceived("meanwhile");
        assertEquals(1, network.waiting().size(), "one coin");
        assertEquals(2, network.broadcasts().size(), "two versions");
    }

    @Test
    void whatGoesByAnotherCarrierIsNotHeldUp() throws Exception {
        alice.stop(alice.rolling);
        alice.settings.set("carrier", "confirm");
        long id = alice.send("lobby", "one");
        awaitReceived("one");
        TestServer.await("it is out", () -> alice.state(id) == State.SEEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void whatItHasBegunIsDoneBeforeItIsGone(String id) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch stopping = new CountDownLatch(1);
        nodeA.onBroadcast = () -> {
            begun.countDown();
            try {
                stopping.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        long sent = write("one", id);
        alice.kick();
        begun.await();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> alice.stop(factory(id)));
        stopping.countDown();
        stop.get(60, TimeUnit.SECONDS);
        assertTrue(alice.state(sent).ordinal() >= State.BROADCAST.ordinal(), "the answer is stored");
        alice.start(factory(id));
        awaitReceived("one");
        assertEquals(1, network.broadcasts().size(), "it left once");
    }

    @Test
    void aVersionThatIsMinedMeanwhileIsDealtWithWhenItReturns() throws Exception {
        long one = roll("one");
        awaitReceived("one");
        long two = roll("two");
        awaitReceived("two");
        TestServer.await("seen", () -> alice.state(two) == State.SEEN);
        alice.stop(alice.rolling);
        network.mine();
        TestServer.await("the block is known", () -> alice.state(two) == State.CONFIRMED);
        pass();
        assertEquals(1, kept(), "nobody is here who knows");
        alice.start(new RollingCarriers());
        TestServer.await("the roll is over", () -> kept() == 0);
        assertEquals(State.REPLACED, alice.state(one));
        assertEquals(State.CONFIRMED, alice.state(two));
        assertFalse(
                nodeA.holds().contains(TransactionScanner.id(network.inBlocks().get(0))), "its change may be spent");
        int handed = network.broadcasts().size();
        roll("three");
        awaitReceived("three");
        assertEquals(handed + 1, network.broadcasts().size(), "with a coin of its own");
    }

    /** The block may have another version than the last. */
    @Test
    void whatAnEarlierVersionLeftOutThatIsMinedMeanwhileRidesAgain() throws Exception {
        roll("one");
        awaitReceived("one");
        byte[] first = network.waiting().get(0);
        long two = roll("two");
        awaitReceived("two");
        alice.stop(alice.rolling);
        network.mine(TransactionScanner.id(first), first);
        TestServer.await("the block is read", () -> {
            pass();
            return alice.messages().outbox(true).stream().anyMatch(out -> out.state() == State.CONFIRMED);
        });
        int handed = network.broadcasts().size();
        alice.start(new RollingCarriers());
        TestServer.await("it is in another one", () -> {
            pass();
            return network.broadcasts().size() > handed;
        });
        TestServer.await("seen", () -> alice.state(two) == State.SEEN);
        assertEquals(texts, bob.received(), "none twice");
    }

    private int kept() throws Exception {
        return alice.store.transact(KeptTransactionRecords::all).size();
    }

    @Test
    void itsCoinsAreReservedAfterARestartWithoutIt() throws Exception {
        roll("one");
        awaitReceived("one");
        byte[] version = network.waiting().get(0);
        alice.close();
        alice.store.lock();
        nodeA.holds().clear();
        alice = new TestServer(alice.store, clock, new HashMap<>(), nodeA);
        alice.stop(alice.rolling);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.round();
        assertTrue(nodeA.holds().contains(TransactionScanner.id(version)), "its change is nobody's");
        roll("two");
        alice.start(alice.rolling);
        awaitReceived("two");
        assertEquals(1, network.waiting().size(), "the same coin");
    }

    @Test
    void aRecallWaitsForItAndIsDoneWhenItReturns() throws Exception {
        long id = roll("one");
        awaitReceived("one");
        TestServer.await("seen", () -> alice.state(id) == State.SEEN);
        alice.stop(alice.rolling);
        PartylineException refused =
                assertThrows(PartylineException.class, () -> alice.messages().recall(id));
        assertTrue(refused.getMessage().contains("its carrier 'rolling' is away"), refused.getMessage());
        assertEquals(State.SEEN, alice.state(id));
        alice.start(alice.rolling);
        alice.round();
        assertEquals(State.RECALLED, alice.messages().recall(id).outgoing().state());
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void aRecallThatHasBegunIsDoneByTheNextOne(String carrier) throws Exception {
        long id = write("one", carrier);
        awaitReceived("one");
        TestServer.await("seen", () -> alice.state(id) == State.SEEN);
        nodeA.dieAfterTaking = 1;
        nodeA.keeps = true;
        assertThrows(PartylineException.class, () -> alice.messages().recall(id));
        alice.stop(factory(carrier));
        pass();
        nodeA.keeps = false;
        int handed = network.broadcasts().size();
        pass();
        assertEquals(handed, network.broadcasts().size(), "nobody is here who goes on");
        alice.start(factory(carrier));
        TestServer.await("it is done", () -> {
            pass();
            return network.waiting().stream().allMatch(TransactionScanner::carriesNothing);
        });
        assertArrayEquals(
                network.broadcasts().get(handed - 1), network.broadcasts().get(handed), "the same bytes");
    }

    /** As its bundle had them in the store before the kernel kept transactions. */
    @Test
    void rollingTransactionsOfAnEarlierVersionGoOn() throws Exception {
        roll("one");
        awaitReceived("one");
        alice.store.transact(tx -> {
            for (KeptTransaction kept : KeptTransactionRecords.all(tx)) {
                KeptTransactionRecords.delete(tx, kept);
            }
            return null;
        });
        alice = alice.restart(nodeA);
        alice.round();
        assertEquals(1, kept());
        roll("two");
        awaitReceived("two");
        assertEquals(1, network.waiting().size(), "the same coin");
    }

    @Test
    void ofTwoWithOneIdTheFirstIsUsedAndTheOtherWhenThatGoes() throws Exception {
        CarrierFactory other = new ConfirmCarriers();
        alice.start(other);
        write("one", "confirm");
        awaitReceived("one");
        alice.stop(alice.confirm);
        write("two", "confirm");
        awaitReceived("two");
        alice.stop(other);
        long id = write("three", "confirm");
        pass();
        assertTrue(alice.messages().outgoing(id).reason().startsWith("its carrier 'confirm' is away"));
    }

    /** What an update does: the new one may come before the old one has gone. */
    @Test
    void oneTakesThePlaceOfAnotherInTheMiddleOfAConversation() throws Exception {
        CarrierFactory before = alice.rolling;
        for (int i = 0; i < 4; i++) {
            roll("message " + i);
            CarrierFactory next = new RollingCarriers();
            alice.start(next);
            alice.stop(before);
            before = next;
            awaitReceived("message " + i);
        }
        assertEquals(1, network.waiting().size(), "one coin");
    }

    @Test
    void whatNobodyBringsIsRefusedAndWhatIsAwayIsNot() throws Exception {
        assertThrows(PartylineException.class, () -> write("one", "pigeon"));
        alice.stop(alice.rolling);
        assertEquals(
                Set.of("confirm"),
                Set.copyOf(alice.messages().carriers().stream().map(Carrier::id).toList()));
        write("two", "rolling");
    }

    @Test
    void theSameBytesAreHandedOverAgainByTheNextOne() throws Exception {
        nodeA.dieAfterTaking = 1000;
        nodeA.keeps = true;
        long id = write("one", "confirm");
        TestServer.await("handed over", () -> !network.broadcasts().isEmpty());
        alice.round();
        assertEquals(State.SEALED, alice.state(id));
        byte[] first = network.broadcasts().get(0);
        alice.stop(alice.confirm);
        alice.start(new ConfirmCarriers());
        nodeA.dieAfterTaking = 0;
        nodeA.keeps = false;
        awaitReceived("one");
        for (byte[] raw : network.broadcasts()) {
            assertArrayEquals(first, raw);
        }
    }
}
