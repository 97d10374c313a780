package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.transport.NodeUnavailableException;

/** The contract of every carrier, however packets travel. */
public abstract class CarrierContract {
    private static final int SIZE = 64;

    /** The carrier's environment. */
    protected final CarrierBench bench = new CarrierBench();

    private final CarrierFactory factory;

    /** @param factory of the tested carrier */
    protected CarrierContract(CarrierFactory factory) {
        this.factory = factory;
    }

    /** Returns a carrier as it is after a start: it has read the stored data. */
    protected final Carrier opened() throws PartylineException {
        Carrier carrier = factory.open(bench);
        carrier.takeUp();
        return carrier;
    }

    private static byte[] packet(int number) {
        byte[] packet = new byte[SIZE];
        Arrays.fill(packet, (byte) number);
        return packet;
    }

    private void dispatch(Carrier carrier, long id) throws PartylineException {
        CarriedMessage message = bench.now(id);
        carrier.awaitTurn(message, 0);
        bench.inSlot(message.ref(0), () -> carrier.dispatch(message, 0, bench.nodes));
    }

    /** Does what the server does with a packet that was paid for, as often as necessary. */
    private void dispatchAgain(Carrier carrier, long id) throws PartylineException {
        carrier.tick();
        CarriedMessage message = bench.now(id);
        if (message.packets().get(0).state() == PacketState.SEALED) {
            try {
                carrier.dispatchAgain(message, 0, bench.nodes);
            } catch (WaitsException e) {
                carrier.tick();
            }
        }
    }

    private Quote quote(long id) {
        return new Quote(id, CarrierBench.PERSONA, CarrierBench.NETWORK, List.of(SIZE), false);
    }

    @Test
    void itsIdAndItsTableAreItsOwn() {
        assertTrue(factory.id().matches("[a-z][a-z0-9-]{0,23}"), factory.id());
        assertFalse(factory.table().isEmpty());
    }

    @Test
    void aQuoteIsWhatIsPaidAtTheMost() throws PartylineException {
        Carrier carrier = opened();
        bench.message(1, packet(1));
        long quoted = carrier.quote(quote(1), bench.nodes);
        assertTrue(quoted > 0);
        assertTrue(quoted <= carrier.most(CarrierBench.PERSONA, CarrierBench.NETWORK, SIZE, bench.nodes));
    }

    @Test
    void aPacketLeavesInOneTransactionThatIsStored() throws PartylineException {
        bench.message(1, packet(1));
        dispatch(opened(), 1);
        assertEquals(1, bench.handed.size());
        assertTrue(CarrierBench.carries(bench.handed.get(0), packet(1)));
        assertTrue(bench.isStored(packet(1)));
        assertEquals(PacketState.SENT, bench.now(1).packets().get(0).state());
    }

    @Test
    void whatIsOverTheLimitIsNeitherStoredNorHandedOver() throws PartylineException {
        bench.message(1, packet(1));
        bench.setCap(1);
        Carrier carrier = opened();
        assertThrows(WaitsException.class, () -> dispatch(carrier, 1));
        assertEquals(List.of(), bench.handed);
        assertFalse(bench.isStored(packet(1)));
        bench.setCap(Long.MAX_VALUE);
        dispatch(carrier, 1);
        assertEquals(1, bench.handed.size());
    }

    @Test
    void whatNoNodeTookIsHandedOverByTheNextOneInTheSameTransaction() throws PartylineException {
        bench.message(1, packet(1));
        bench.setDown(true);
        Carrier killed = opened();
        assertThrows(NodeUnavailableException.class, () -> dispatch(killed, 1));
        assertTrue(bench.isStored(packet(1)), "it is stored before a node is asked");
        byte[] transaction =
                bench.now(1).packets().get(0).transaction().orElseThrow().bytes();
        bench.setDown(false);
        Carrier next = opened();
        dispatchAgain(next, 1);
        assertEquals(1, bench.handed.size());
        assertArrayEquals(
                transaction,
                bench.now(1).packets().get(0).transaction().orElseThrow().bytes());
        assertEquals(PacketState.SENT, bench.now(1).packets().get(0).state());
    }

    @Test
    void itGoesOnAsAnotherInstance() throws PartylineException {
        List<byte[]> packets = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            packets.add(packet(i));
            bench.message(i, packet(i));
            dispatch(opened(), i);
            bench.clock.pass(Duration.ofHours(1));
        }
        assertEquals(3, bench.handed.size());
        for (int i = 0; i < 3; i++) {
            assertTrue(CarrierBench.carries(bench.handed.get(i), packets.get(i)));
        }
    }

    @Test
    void whatIsTakenBackIsOnTheAirNoMore() throws PartylineException {
        bench.message(1, packet(1));
        Carrier carrier = opened();
        dispatch(carrier, 1);
        bench.recall(1);
        assertTrue(carrier.isOnTheAir(bench.now(1)));
        RecallTally tally = new RecallTally();
        carrier.recall(bench.now(1), bench.nodes, tally);
        assertFalse(carrier.isOnTheAir(bench.now(1)));
        assertEquals(1, tally.replaced());
        assertTrue(tally.fee() > 0);
        assertTrue(tally.isStored());
        assertFalse(CarrierBench.carries(bench.handed.get(bench.handed.size() - 1), packet(1)));
    }

    @Test
    void aRecallThatReachesNoNodeIsStoredAndDoneByTheNextOne() throws PartylineException {
        bench.message(1, packet(1));
        Carrier killed = opened();
        dispatch(killed, 1);
        bench.recall(1);
        bench.setDown(true);
        RecallTally tally = new RecallTally();
        assertThrows(PartylineException.class, () -> killed.recall(bench.now(1), bench.nodes, tally));
        assertTrue(tally.isStored());
        bench.setDown(false);
        Carrier next = opened();
        next.tick();
        if (next.isOnTheAir(bench.now(1))) {
            next.recall(bench.now(1), bench.nodes, new RecallTally());
        }
        assertFalse(CarrierBench.carries(bench.handed.get(bench.handed.size() - 1), packet(1)));
        assertEquals(2, bench.handed.size());
    }

    @Test
    void whatWasMinedWhileItWasAwayTakesNothingAlong() throws PartylineException {
        bench.message(1, packet(1));
        dispatch(opened(), 1);
        bench.mine();
        bench.clock.pass(Duration.ofHours(1));
        bench.message(2, packet(2));
        dispatch(opened(), 2);
        assertEquals(2, bench.handed.size());
        byte[] next = bench.handed.get(1);
        assertFalse(Arrays.equals(Arrays.copyOf(bench.handed.get(0), 8), Arrays.copyOf(next, 8)), "with another coin");
        assertFalse(CarrierBench.carries(next, packet(1)));
    }

    @Test
    void takingUpTwiceChangesNothing() throws PartylineException {
        bench.message(1, packet(1));
        Carrier carrier = opened();
        dispatch(carrier, 1);
        carrier.takeUp();
        carrier.takeUp();
        assertEquals(1, bench.handed.size());
        assertTrue(bench.isStored(packet(1)));
    }
}
