package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.OutgoingMessage;

/** Tests what is recorded for messages whose chain has lost its opener (PROTOCOL 5). */
class ChainRidersTest {
    private static final String CHAIN = "0123456789abcdef";

    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;
    private long opener;

    @BeforeEach
    void anOpenerIsOut() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
        opener = out("it opens the chain");
        bench.stage.outbox.change(opener, now -> now.sealed(now.parts(), now.stamped(), true, CHAIN));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long queue(String text) throws Exception {
        return bench.stage.queue(lobby, text, "confirm", Duration.ofDays(1));
    }

    private long out(String text) throws Exception {
        long id = queue(text);
        bench.round();
        assertTrue(bench.stage.outgoing(id).isOut());
        return id;
    }

    private void ridesOnThatChain(long id) throws Exception {
        bench.stage.outbox.change(id, now -> now.sealed(now.parts(), now.stamped(), false, CHAIN));
    }

    private OutgoingMessage mined(long id) throws Exception {
        return bench.stage.outbox.change(
                id,
                now -> now.with(0, now.parts().get(0).minedIn(now.parts().get(0).transaction())));
    }

    @Test
    void whatHasLeftSaysSoUntilItsOpenerIsBack() throws Exception {
        long rider = out("it rides on the chain");
        ridesOnThatChain(rider);
        long other = out("on another chain");
        bench.round();
        assertEquals(0, bench.stage.outgoing(rider).lostOpener());
        bench.stage.outbox.change(opener, now -> now.ended(MessageEvent.RECALLED, "recalled"));
        bench.round();
        assertEquals(opener, bench.stage.outgoing(rider).lostOpener());
        assertEquals(0, bench.stage.outgoing(other).lostOpener());
        assertEquals(State.REPLACED, mined(rider).state());
        // As after a kill: it is detected from the stored state.
        bench.restart(() -> {});
        mined(opener);
        bench.round();
        assertEquals(State.CONFIRMED, bench.stage.state(rider));
        assertEquals(0, bench.stage.outgoing(rider).lostOpener());
    }

    @Test
    void whatHasNotLeftIsSealedAgainAndNothingElseIs() throws Exception {
        bench.node.poor = true;
        long waits = queue("it waits for a coin");
        bench.round();
        ridesOnThatChain(waits);
        bench.pass();
        assertEquals(1, Collections.frequency(bench.stage.sealer.sealed, waits), "its chain has its opener");
        bench.stage.outbox.change(opener, now -> now.ended(MessageEvent.RECALLED, "recalled"));
        bench.node.poor = false;
        bench.pass();
        bench.settle();
        assertEquals(2, Collections.frequency(bench.stage.sealer.sealed, waits));
        assertTrue(bench.stage.outgoing(waits).isOut());
        assertEquals(0, bench.stage.outgoing(waits).lostOpener());
    }
}
