package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.messaging.conversation.ChannelMembership;

/** A message's delivery, with plain neighbours. */
class SendingTest {
    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aMessageIsSealedPaidForHandedOverAndSeen() throws Exception {
        long id = bench.stage.queue(lobby, "hello");
        bench.round();

        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(List.of(id), bench.stage.sealer.sealed);
        assertEquals(1, bench.network.waiting().size());
        assertEquals(List.of(bench.stage.outgoing(id).fee()), bench.stage.fees.counted);
    }

    @Test
    void withoutNodesItWaitsForThem() throws Exception {
        bench.stage.take(NodeDirectory.class, bench.stage.nodes);
        long id = bench.stage.queue(lobby, "hello");
        bench.round();

        assertTrue(
                bench.stage.outgoing(id).reason().contains("it waits for"),
                bench.stage.outgoing(id).reason());
    }
}
