package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.LaterException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.state.Bus;
import org.partyline.testkit.messaging.PlainCarrier;

/**
 * Messages of a channel leave in the order in which they were written: packets of a chain are useless before the
 * chain's opener.
 */
class TurnTest {
    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;
    private ChannelMembership cellar;

    @BeforeEach
    void twoChannels() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
        cellar = bench.stage.join("cellar", Mode.RATCHET);
        bench.settle();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private String reason(long id) throws Exception {
        return bench.stage.outgoing(id).reason();
    }

    private boolean isOut(long id) throws Exception {
        return bench.stage.state(id).ordinal() >= State.SENT.ordinal();
    }

    @Test
    void aMessageDoesNotGoBeforeTheOneAheadOfItInItsChannel() throws Exception {
        bench.node.poor = true;
        long first = bench.stage.queue(lobby, "first");
        bench.round();
        assertTrue(reason(first).contains("0 sat"), reason(first));
        // Coins are available again, but the first message pauses until its next attempt.
        bench.node.poor = false;
        long second = bench.stage.queue(lobby, "second");
        long elsewhere = bench.stage.queue(cellar, "elsewhere");
        bench.round();
        assertEquals("it waits for message " + first + " before it", reason(second));
        assertEquals(State.QUEUED, bench.stage.state(second));
        assertTrue(isOut(elsewhere), "another channel does not wait");
        assertEquals(1, bench.network.broadcasts().size());
        bench.stage.bus.publish(new Bus.Retry());
        bench.settle();
        assertEquals(3, bench.network.broadcasts().size(), "both are out");
        assertTrue(isOut(first));
        assertEquals(State.RELAYED, bench.stage.state(second));
        assertTrue(
                Arrays.equals(
                        bench.stage.outgoing(first).parts().get(0).transaction(),
                        TransactionScanner.id(bench.network.broadcasts().get(1)).bytes()),
                "the first goes first");
    }

    /** Shares its transaction, whose next version is not due yet. */
    private static final class Rolling extends PlainCarrier {
        /** The satoshi in its change. */
        volatile long change;
        /** Runs when it must end. */
        volatile Runnable onEnd = () -> {};

        volatile boolean due;

        Rolling() {
            super("rolling");
        }

        @Override
        public Carrier open(CarrierContext with) {
            super.open(with);
            return new Each(with) {
                @Override
                public boolean isShared() {
                    return true;
                }

                @Override
                public void awaitTurn(CarriedMessage message, int index) throws PartylineException {
                    if (!due) {
                        throw new LaterException(
                                "its transaction is not due", with.now().plusSeconds(30));
                    }
                }

                @Override
                public long change(int persona, Network network) {
                    return change;
                }

                @Override
                public boolean end(int persona, Network network, List<CarrierNode> nodes) {
                    onEnd.run();
                    return true;
                }
            };
        }
    }

    private long roll(String text) throws Exception {
        return bench.stage.queue(lobby, text, "rolling", Duration.ofHours(20));
    }

    private String sent(int index) {
        return TransactionScanner.id(bench.network.broadcasts().get(index)).toString();
    }

    private String transaction(long id) throws Exception {
        return TxId.ofBytes(bench.stage.outgoing(id).parts().get(0).transaction())
                .toString();
    }

    @Test
    void whatIsToBeMinedDoesNotWaitForWhatRollsAheadOfIt() throws Exception {
        bench.add(new Rolling());
        long first = roll("it rolls");
        long second = roll("and this");
        long stays = bench.stage.queue(lobby, "this is to stay");
        bench.settle();
        assertTrue(isOut(stays), reason(stays));
        assertEquals("its transaction is not due", reason(first));
        assertEquals("it waits for message " + first + " before it", reason(second));
    }

    @Test
    void whatIsToBeMinedGoesFirst() throws Exception {
        Rolling rolling = new Rolling();
        rolling.due = true;
        bench.add(rolling);
        bench.node.down = true;
        long rolls = roll("it rolls");
        long stays = bench.stage.queue(cellar, "this is to stay");
        bench.settle();
        bench.node.down = false;
        bench.pass();
        bench.settle();
        assertTrue(isOut(rolls), reason(rolls));
        assertEquals(List.of(transaction(stays), transaction(rolls)), List.of(sent(0), sent(1)));
    }

    @Test
    void aMessageThatLacksACoinHasTheChangeOfWhatRollsWhichEndsForIt() throws Exception {
        Rolling rolling = new Rolling();
        AtomicInteger ends = new AtomicInteger();
        rolling.onEnd = () -> {
            ends.incrementAndGet();
            bench.node.poor = false;
        };
        bench.add(rolling);
        bench.node.poor = true;
        rolling.change = 21;
        long stays = bench.stage.queue(lobby, "this is to stay");
        bench.settle();
        assertTrue(reason(stays).contains("0 sat"), reason(stays));
        assertEquals(0, ends.get(), "there is not enough in it");
        rolling.change = 1_000;
        bench.pass();
        bench.settle();
        assertTrue(isOut(stays), reason(stays));
        assertEquals(1, ends.get());
    }
}
