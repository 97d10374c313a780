package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.vault.StoreCost;

/**
 * Counts the store transactions that a packet needs: each is a write to the disk, or makes others wait for one. Work in
 * a round of the sender that does not depend on the number of packets is not counted.
 */
class PacketCostTest extends CarrierStage {
    /** From the command until a node gets the packet. */
    private static final int MOST_OUT = 6;
    /**
     * The same for a packet in a version that replaces another one. The quote, that for another chain of keys, the
     * packet's turn and the choice of the carrier each read as well. Nodes and wallets are asked in between, which no
     * transaction may wait for.
     */
    private static final int MOST_OUT_ROLLING = 10;
    /** Those that write: the message is stored, sealed, paid for, and handed to a node. */
    private static final int MOST_WRITTEN = 4;
    /** From a node's announcement until the message is in the inbox. */
    private static final int MOST_IN = 2;

    private final StoreCost out = new StoreCost(
                    "partyline-sender", Thread.currentThread().getName())
            .without("RollingCarrier.onMined", "RollingCarrier.tick", "PoissonCover.look", "MessageSteps.all");
    private final StoreCost in = new StoreCost("partyline-intake");
    private final AtomicLong whenBroadcast = new AtomicLong();
    private final AtomicLong written = new AtomicLong();

    private void say(String text, String carrier) throws Exception {
        bob.events.clear();
        whenBroadcast.set(0);
        out.reset();
        in.reset();
        long id = write(text, new Carrier(carrier), Duration.ofDays(2));
        TestServer.await("it has arrived", () -> {
            if (whenBroadcast.get() == 0) {
                pass();
            }
            return bob.events.stream().anyMatch(event -> event.message().isPresent());
        });
        // The next packet waits until another node has shown this one.
        TestServer.await("another node has shown it", () -> {
            alice.round();
            return alice.messages().outgoing(id).state().compareTo(State.RELAYED) >= 0;
        });
    }

    private void assertCost(String carrier, int mostOut) throws Exception {
        nodeA.onBroadcast = () -> {
            if (whenBroadcast.compareAndSet(0, out.transactions.get())) {
                written.set(out.writes.get());
            }
        };
        alice.store.cost = out;
        bob.store.cost = in;
        say("one", carrier);
        pass();
        say("two", carrier);
        assertTrue(
                whenBroadcast.get() <= mostOut,
                carrier + ": " + whenBroadcast + " transactions until it was broadcast");
        assertTrue(written.get() <= MOST_WRITTEN, carrier + ": " + written + " of them write");
        assertTrue(in.transactions.get() <= MOST_IN, carrier + ": " + in + " until it was in the inbox");
    }

    @Test
    void aPacketByConfirmCostsFewTransactions() throws Exception {
        assertCost(Carrier.CONFIRM.id(), MOST_OUT);
    }

    @Test
    void aPacketByRollingCostsFewTransactions() throws Exception {
        assertCost(Carrier.ROLLING.id(), MOST_OUT_ROLLING);
    }

    /** Whether its chain must be opened is checked for each message, and for each price. */
    @Test
    void aMessageCostsTheSameHoweverManyWaitBeforeIt() throws Exception {
        alice.stop("delivery");
        StoreCost cost = new StoreCost(Thread.currentThread().getName());
        alice.store.cost = cost;
        roll("one");
        roll("two");
        cost.reset();
        roll("three");
        long few = cost.opened.get();
        for (int i = 0; i < 30; i++) {
            roll("another");
        }
        cost.reset();
        roll("last");
        assertEquals(few, cost.opened.get(), "records opened");
        cost.reset();
        assertEquals(34, alice.messages().queue().size());
        assertTrue(cost.opened.get() <= 2, "more was opened than what changed last: " + cost);
    }
}
