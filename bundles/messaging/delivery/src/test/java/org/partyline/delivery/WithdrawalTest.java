package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.settings.SendingSettings;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;

/** Messages that are recalled after they left. */
class WithdrawalTest {
    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long sent(String text) throws Exception {
        long id = bench.stage.queue(lobby, text);
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(id));
        return id;
    }

    @Test
    void aRecalledMessageIsReplacedByNothing() throws Exception {
        long id = sent("I should not have said this");
        Messages.Recalled recalled = bench.recall(id);
        assertEquals(State.RECALLED, recalled.outgoing().state());
        assertEquals(1, recalled.replaced());
        assertEquals(0, recalled.mined());
        assertEquals(1, bench.network.waiting().size());
        assertTrue(TransactionScanner.carriesNothing(bench.network.waiting().get(0)));
        assertTrue(recalled.fee() > 0);
        assertEquals(List.of(recalled.fee()), bench.stage.fees.recalled);
    }

    @Test
    void aMessageThatWasMinedInBetweenIsSaidToBeOnTheChainForEver() throws Exception {
        long id = sent("too late");
        bench.network.mine();
        assertEquals(State.CONFIRMED, bench.stage.state(id));
        Messages.Recalled recalled = bench.recall(id);
        assertEquals(0, recalled.replaced());
        assertTrue(recalled.mined() > 0);
        assertEquals(State.CONFIRMED, recalled.outgoing().state());
        assertEquals(1, bench.network.broadcasts().size());
    }

    /** The node already has the block, which was not read yet. */
    @Test
    void aMessageThatANodeKnowsToBeMinedIsNotReplaced() throws Exception {
        long id = sent("too late");
        bench.network.minedInSecret(bench.network.waiting().get(0));
        AtomicBoolean asked = new AtomicBoolean();
        bench.node.onReplace = () -> asked.set(true);
        Messages.Recalled recalled = bench.recall(id);
        assertEquals(State.CONFIRMED, recalled.outgoing().state());
        assertEquals(1, recalled.mined());
        assertFalse(asked.get());
    }

    @Test
    void whatHasNotLeftIsCancelledNotRecalled() throws Exception {
        bench.node.refuse = true;
        long id = bench.stage.queue(lobby, "not gone");
        bench.round();
        NoSuchThingException refused = assertThrows(NoSuchThingException.class, () -> bench.recall(id));
        assertTrue(refused.getMessage().contains("partyline:cancel"), refused.getMessage());
    }

    @Test
    void anExpiredMessageIsRecalledWhereThatIsSet() throws Exception {
        for (boolean recalls : List.of(false, true)) {
            SendingSettings sending = bench.stage.settings.get().sending();
            bench.stage.settings.sending(new SendingSettings(
                    sending.defaultTtl(),
                    sending.maxBucket(),
                    sending.chainMessages(),
                    sending.within(),
                    recalls,
                    sending.carrier(),
                    Optional.empty(),
                    Optional.empty(),
                    sending.burst(),
                    sending.rebroadcastAfter()));
            long id = bench.stage.queue(lobby, "for ten minutes", "confirm", Duration.ofMinutes(10));
            bench.round();
            assertEquals(State.RELAYED, bench.stage.state(id));
            bench.pass(Duration.ofMinutes(11));
            assertEquals(recalls ? State.RECALLED : State.EXPIRED, bench.stage.state(id));
            if (!recalls) {
                bench.network.mine();
            }
        }
    }
}
