package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.store.Keys;

/** What goes with a message that is given up before all of it has left. */
class GivenUpTest {
    private MailboxBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new MailboxBench();
        bench.stage.guard.<Void, StoreException>transact(tx -> {
            // What is in it is the sealer's.
            tx.put(SendChainRecord.TABLE, Keys.of(bench.lobby.id()), Keys.ALL, new byte[] {1}, null);
            return null;
        });
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private OutgoingMessage cancel(long id) throws StoreException {
        return bench.stage.guard.open(
                () -> bench.outbox.giveUp(id, MessageEvent.RECALLED, "cancelled before it was sent"));
    }

    private boolean runs() throws StoreException {
        return bench.stage.guard.<Boolean, StoreException>transact(
                tx -> tx.contains(SendChainRecord.TABLE, Keys.of(bench.lobby.id())));
    }

    @Test
    void afterASealedMessageThatWasCancelledANewChainBegins() throws Exception {
        long id = bench.sealed("never mind");
        assertEquals(State.RECALLED, cancel(id).state());
        assertFalse(runs(), "nobody has its opener");
    }

    @Test
    void afterOneThatWasNotSealedTheChainGoesOn() throws Exception {
        long id = bench.stage.queue(bench.lobby, "never mind");
        assertEquals(State.RECALLED, cancel(id).state());
        assertTrue(runs());
    }

    @Test
    void whatIsOverIsGivenUpNoMore() throws Exception {
        long id = bench.handed("it stands", bench.one);
        bench.network.mine();
        assertEquals(State.CONFIRMED, cancel(id).state());
        assertTrue(runs());
    }

    /** A session may end on one thread while another one pays for what was sealed for it. */
    @Test
    void aPacketOfAMessageThatIsToBeSealedAgainIsChangedNoMore() throws Exception {
        long id = bench.sealed("once more");
        bench.stage.guard.<OutgoingMessage, StoreException>open(() -> bench.outbox.unseal(id, "once more"));
        assertNull(bench.outbox.changePart(id, 0, part -> part.leaving(1)));
        assertEquals(State.QUEUED, bench.stage.state(id));
    }

    /** It goes with that transaction: sealed again, it would go out twice. */
    @Test
    void aMessageInATransactionThatIsKeptIsNotSealedAgain() throws Exception {
        long id = bench.sealed("once");
        bench.stage.keepTransaction(id);
        assertNull(bench.stage.guard.<OutgoingMessage, StoreException>open(() -> bench.outbox.unseal(id, "once more")));
        assertEquals(State.SEALED, bench.stage.state(id));
        assertTrue(runs());
    }

    /** Its words are: else it would be listed, and nobody would know what became of it. */
    @Test
    void whatBecameOfAMessageIsKeptForAsLongAsItsWords() throws Exception {
        Duration life = Duration.ofDays(2);
        long id = bench.stage.queue(bench.lobby, "it never leaves", "confirm", life);
        bench.clock.pass(life);
        bench.stage.guard.open(() -> bench.outbox.giveUp(id, MessageEvent.EXPIRED, "its time is over"));
        for (int hours = 0; hours < 50; hours++) {
            bench.clock.pass(Duration.ofHours(1));
            boolean listed = bench.stage.guard.<Boolean, StoreException>transact(tx -> {
                tx.deleteExpired(bench.clock.instant());
                return tx.contains(MessageRecord.TABLE, Keys.of(id));
            });
            assertTrue(!listed || bench.stage.outgoing(id).state() == State.EXPIRED, "after " + hours + " hours");
        }
    }
}
