package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.testkit.messaging.PlainCarrier;
import org.partyline.testkit.messaging.StageBench;

/**
 * A carrier stops while messages are in flight, and returns: nothing is lost, nothing is sent twice, and its coins are
 * kept for it.
 */
class CarrierAbsenceTest {
    private final DeliveryBench bench = new DeliveryBench();
    private final Boat boat = new Boat();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
        bench.add(boat);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private CarrierFactory factory(String id) {
        return id.equals("boat") ? boat : bench.carrier;
    }

    private long write(String text, String carrier) throws Exception {
        return bench.stage.queue(lobby, text, carrier, Duration.ofDays(2));
    }

    private long sent(String text, String carrier) throws Exception {
        long id = write(text, carrier);
        bench.pass();
        assertEquals(
                State.RELAYED, bench.stage.state(id), bench.stage.outgoing(id).reason());
        return id;
    }

    private String reason(long id) throws Exception {
        return bench.stage.outgoing(id).reason();
    }

    private int kept() throws Exception {
        return bench.stage.store.transact(KeptTransactionRecords::all).size();
    }

    private Carriers carriers() {
        return StageBench.offered(bench.delivery, Carriers.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "boat"})
    void whatIsSentWhileItIsAwayWaitsAndSaysForWhatAndLeavesWhenItReturns(String id) throws Exception {
        sent("before", id);
        int handed = bench.network.broadcasts().size();
        bench.remove(factory(id));
        long waiting = write("meanwhile", id);
        bench.pass();
        assertEquals(
                "its carrier '" + id
                        + "' is not available: no running bundle provides it (bundle org.partyline.carrier-" + id + ")",
                reason(waiting));
        assertEquals(handed, bench.network.broadcasts().size(), "nothing leaves");
        bench.add(factory(id));
        bench.pass();
        assertEquals(State.RELAYED, bench.stage.state(waiting), "it is out");
        assertEquals("", reason(waiting));
        assertEquals(handed + 1, bench.network.broadcasts().size(), "once");
    }

    @Test
    void whatIsSentWhileItIsAwayGoesInTheSameSharedTransaction() throws Exception {
        sent("before", "boat");
        bench.remove(boat);
        long meanwhile = write("meanwhile", "boat");
        bench.pass();
        bench.add(new Boat());
        bench.pass();
        assertEquals(State.RELAYED, bench.stage.state(meanwhile));
        assertEquals(1, bench.network.waiting().size(), "one coin");
        assertEquals(2, bench.network.broadcasts().size(), "two versions");
    }

    @Test
    void whatGoesByAnotherCarrierIsNotHeldUp() throws Exception {
        bench.remove(boat);
        sent("one", "confirm");
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "boat"})
    void whatItHasBegunIsDoneBeforeItIsGone(String id) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch stopping = new CountDownLatch(1);
        bench.node.onBroadcast = () -> {
            begun.countDown();
            try {
                stopping.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        long sent = write("one", id);
        begun.await();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> bench.remove(factory(id)));
        stopping.countDown();
        stop.get(60, TimeUnit.SECONDS);
        assertTrue(bench.stage.state(sent).ordinal() >= State.SENT.ordinal(), "the answer is stored");
        bench.add(factory(id));
        bench.pass();
        assertEquals(State.RELAYED, bench.stage.state(sent));
        assertEquals(1, bench.network.broadcasts().size(), "it left once");
    }

    @Test
    void aTransactionThatIsMinedMeanwhileIsKeptUntilItReturns() throws Exception {
        sent("one", "boat");
        TxId told = TransactionScanner.id(bench.network.waiting().get(0));
        bench.network.mine();
        bench.round();
        assertEquals(List.of(told), boat.mined, "it is told of blocks while it is here");
        boat.land();
        long two = sent("two", "boat");
        bench.remove(boat);
        TxId id = TransactionScanner.id(bench.network.waiting().get(0));
        bench.network.mine();
        bench.pass();
        assertEquals(State.CONFIRMED, bench.stage.state(two), "the block is known");
        assertEquals(1, kept(), "nobody is here who knows");
        assertTrue(bench.node.holds().contains(id));
        Boat next = new Boat();
        bench.add(next);
        bench.round();
        assertEquals(1, next.takenUp, "it looks what became of what it has");
        next.land();
        assertEquals(0, kept());
        assertFalse(bench.node.holds().contains(id), "its change may be spent");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itsCoinsAreReservedAfterARestartOrAnUnlockWithoutIt(boolean restart) throws Exception {
        sent("one", "boat");
        TxId version = TransactionScanner.id(bench.network.waiting().get(0));
        bench.remove(boat);
        bench.node.holds().clear();
        if (restart) {
            bench.restart();
        } else {
            bench.sender().opened();
        }
        bench.round();
        assertTrue(bench.node.holds().contains(version), "its change is nobody's");
        long two = write("two", "boat");
        bench.add(boat);
        bench.pass();
        assertEquals(State.RELAYED, bench.stage.state(two));
        assertEquals(1, bench.network.waiting().size(), "the same coin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "boat"})
    void aRecallWaitsForItAndIsDoneWhenItReturns(String carrier) throws Exception {
        long id = sent("one", carrier);
        bench.remove(factory(carrier));
        Exception refused = assertThrows(Exception.class, () -> bench.recall(id));
        assertTrue(
                refused.getMessage().contains("its carrier '" + carrier + "' is not available"), refused.getMessage());
        assertEquals(State.RELAYED, bench.stage.state(id));
        bench.add(factory(carrier));
        bench.round();
        assertEquals(State.RECALLED, bench.recall(id).outgoing().state());
    }

    @Test
    void aRecallThatHasBegunIsDoneByTheNextOne() throws Exception {
        long id = sent("one", "confirm");
        bench.node.dieAfterTaking = 1;
        bench.node.keeps = true;
        assertThrows(PartylineException.class, () -> bench.recall(id));
        bench.remove(bench.carrier);
        bench.pass();
        bench.node.keeps = false;
        int handed = bench.network.broadcasts().size();
        bench.pass();
        assertEquals(handed, bench.network.broadcasts().size(), "nobody is here who goes on");
        bench.add(new PlainCarrier());
        bench.pass();
        assertTrue(bench.network.waiting().stream().allMatch(TransactionScanner::carriesNothing), "it is done");
        assertArrayEquals(
                bench.network.broadcasts().get(handed - 1),
                bench.network.broadcasts().get(handed),
                "the same bytes");
    }

    private static int dispatched(PlainCarrier carrier) {
        return (int) carrier.calls.stream()
                .filter(call -> call.startsWith("dispatch "))
                .count();
    }

    @Test
    void ofTwoWithOneIdTheFirstIsUsedAndTheOtherWhenThatGoes() throws Exception {
        PlainCarrier other = new PlainCarrier();
        bench.add(other);
        sent("one", "confirm");
        assertEquals(List.of(1, 0), List.of(dispatched(bench.carrier), dispatched(other)));
        bench.remove(bench.carrier);
        sent("two", "confirm");
        assertEquals(List.of(1, 1), List.of(dispatched(bench.carrier), dispatched(other)));
        bench.remove(other);
        long id = write("three", "confirm");
        bench.pass();
        assertTrue(reason(id).startsWith("its carrier 'confirm' is not available"), reason(id));
    }

    /** Like an update: the new instance may start before the old one has stopped. */
    @Test
    void oneTakesThePlaceOfAnotherInTheMiddleOfAConversation() throws Exception {
        Boat before = boat;
        for (int i = 0; i < 4; i++) {
            long id = write("message " + i, "boat");
            Boat next = new Boat();
            bench.add(next);
            bench.remove(before);
            before = next;
            bench.pass();
            assertEquals(State.RELAYED, bench.stage.state(id));
        }
        assertEquals(1, bench.network.waiting().size(), "one coin");
    }

    @Test
    void whatNobodyBringsIsRefusedAndWhatIsAwayIsNot() throws Exception {
        assertThrows(NoSuchThingException.class, () -> carriers().require(new Messages.Carrier("pigeon")));
        bench.remove(boat);
        assertEquals(List.of(new Messages.Carrier("confirm")), carriers().list());
        carriers().require(new Messages.Carrier("boat"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "boat"})
    void theSameBytesAreHandedOverAgainByTheNextOne(String carrier) throws Exception {
        bench.node.dieAfterTaking = 1000;
        bench.node.keeps = true;
        long id = write("one", carrier);
        bench.round();
        assertEquals(State.SEALED, bench.stage.state(id));
        byte[] first = bench.network.broadcasts().get(0);
        // Before the next carrier is available: it causes a round at once, and another failure would be followed by a
        // longer wait.
        bench.node.dieAfterTaking = 0;
        bench.node.keeps = false;
        bench.remove(factory(carrier));
        bench.add(carrier.equals("boat") ? new Boat() : new PlainCarrier());
        bench.pass();
        assertEquals(State.RELAYED, bench.stage.state(id));
        for (byte[] raw : bench.network.broadcasts()) {
            assertArrayEquals(first, raw);
        }
    }
}
