package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.kernel.Bus;

/** Messages of a channel leave in the order they were written: what rides on a chain is of no use before the chain's opener. */
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
        // Coins are there again, but the first message pauses until its next try.
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
}
