package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;

/** The data that is deleted with a message that is abandoned before all of it has left. */
class GivenUpTest {
    private MailboxBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new MailboxBench();
        bench.stage.guard.<Void, StoreException>transact(tx -> {
            // Its content is the sealer's concern.
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

    private List<State> told(long id) {
        return bench.stage.events.stream()
                .flatMap(event -> event.outgoing().stream())
                .filter(outgoing -> outgoing.id() == id)
                .map(Messages.Outgoing::state)
                .toList();
    }

    private void awaitTold(long id, State... states) throws Exception {
        Eventually.that("told", () -> told(id).equals(List.of(states)));
    }

    @Test
    void whatBecomesOfAMessageIsTold() throws Exception {
        long id = bench.stage.queue(bench.lobby, "never mind");
        bench.outbox.change(id, now -> now.because("it waits"));
        bench.outbox.change(id, now -> now);
        cancel(id);
        awaitTold(id, State.QUEUED, State.RECALLED);
        assertNull(bench.outbox.change(id + 1, now -> now.because("nobody")));
        assertNull(bench.outbox.giveUp(id + 1, MessageEvent.EXPIRED, "nobody"));
    }

    @Test
    void whatChangesNothingIsNotStored() throws Exception {
        long id = bench.stage.queue(bench.lobby, "as it is");
        long before = bench.stage.store.writes();
        assertEquals(State.QUEUED, bench.outbox.change(id, now -> now).state());
        assertEquals(before, bench.stage.store.writes());
    }

    /** Its text is deleted with it. */
    @Test
    void whatNeverLeftIsKeptForTheTimeThatItsReadersWereToHaveIt() throws Exception {
        long id = bench.stage.queue(bench.lobby, "a quarter", "confirm", Duration.ofMinutes(15));
        bench.clock.pass(Duration.ofMinutes(5));
        cancel(id);
        long end = bench.clock.instant().plus(Duration.ofMinutes(15)).toEpochMilli();
        assertEquals(end, bench.stage.outgoing(id).expires());
        MessageRecord words = bench.stage.guard.<MessageRecord, StoreException>transact(
                tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                        .orElseThrow());
        assertEquals(end, words.expires());
    }

    @Test
    void aPacketIsChangedForAsLongAsItsMessageHasIt() throws Exception {
        long id = bench.paid("to be sent");
        assertEquals("two", bench.outbox.attempt(id, 0, "two").parts().get(0).node());
        assertEquals(
                State.SEALED,
                bench.outbox.changePart(id, 0, part -> part.leaving(1)).state());
        assertNull(bench.outbox.changePart(id, 1, part -> part.leaving(1)));
    }

    @Test
    void aMessageThatIsToBeSealedAgainIsToldOfAndItsPacketsAreForgotten() throws Exception {
        long id = bench.sealed("once more");
        PacketId packet = PacketId.of(Network.REGTEST.code(), bench.part(id).packet());
        assertEquals(id, bench.stage.recognition.packets.sent(packet).message());
        OutgoingMessage queued =
                bench.stage.guard.<OutgoingMessage, StoreException>open(() -> bench.outbox.unseal(id, "once more"));
        assertEquals(State.QUEUED, queued.state());
        assertNull(bench.stage.recognition.packets.sent(packet));
        Eventually.that("told", () -> told(id).contains(State.QUEUED));
        assertFalse(runs());
    }

    @Test
    void whatIsOverIsGivenUpNoMore() throws Exception {
        long id = bench.handed("it stands", bench.one);
        bench.network.mine();
        assertEquals(State.CONFIRMED, cancel(id).state());
        assertTrue(runs());
    }

    /** A session may end on one thread while another one pays for a packet that was sealed for it. */
    @Test
    void aPacketOfAMessageThatIsToBeSealedAgainIsChangedNoMore() throws Exception {
        long id = bench.sealed("once more");
        bench.stage.guard.<OutgoingMessage, StoreException>open(() -> bench.outbox.unseal(id, "once more"));
        assertNull(bench.outbox.changePart(id, 0, part -> part.leaving(1)));
        assertEquals(State.QUEUED, bench.stage.state(id));
    }

    /** It leaves with that transaction: if it were sealed again, it would be sent twice. */
    @Test
    void aMessageInATransactionThatIsKeptIsNotSealedAgain() throws Exception {
        long id = bench.sealed("once");
        bench.stage.keepTransaction(id);
        assertNull(bench.stage.guard.<OutgoingMessage, StoreException>open(() -> bench.outbox.unseal(id, "once more")));
        assertEquals(State.SEALED, bench.stage.state(id));
        assertTrue(runs());
    }

    /** As long as its text is stored: otherwise, it would be listed without a state. */
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

    private long pricedIn(byte[] transaction) throws StoreException {
        return bench.stage.guard.<Long, StoreException>transact(
                tx -> Tables.find(tx, SpentRecord.TABLE, transaction, SpentRecord.class)
                        .orElseThrow()
                        .message());
    }

    /** Its next packets have a price of their own. */
    @Test
    void whatWasSpentOnAMessageThatIsToBeSealedAgainIsNotPartOfItsPrice() throws Exception {
        long id = bench.paid("once more");
        byte[] transaction = bench.part(id).requireTransaction();
        bench.stage.guard.<StoreException>update(tx -> SpentRecords.add(
                tx, transaction, new SpentRecord(bench.clock.millis(), 100, false, 0, null, null, false, id, 0, 0)));
        bench.outbox.change(id, now -> now.because("it waits"));
        assertEquals(id, pricedIn(transaction));
        bench.stage.guard.<OutgoingMessage, StoreException>open(() -> bench.outbox.unseal(id, "once more"));
        assertEquals(SpentRecord.OUTSIDE, pricedIn(transaction));
    }

    private boolean isReported(long remark) throws StoreException {
        return bench.stage.guard.<Boolean, StoreException>transact(
                tx -> RemarkRecord.find(tx, remark).orElseThrow().unsent() == 0);
    }

    private long edit(long target) throws StoreException {
        byte[] body = new byte[1 + Locator.WHOLE + 1];
        body[0] = ControlCodes.EDIT;
        body[body.length - 1] = '!';
        long id = bench.stage.queue(bench.lobby, PacketType.CONTROL, body);
        bench.stage.guard.<StoreException>update(
                tx -> new RemarkRecord(id, bench.lobby.id(), target, "", ControlCodes.EDIT, bench.clock.millis())
                        .put(tx, bench.clock.instant().plus(Duration.ofHours(1))));
        assertFalse(isReported(id));
        return id;
    }

    /** Its sender is told then, and not once more when its contents are deleted. */
    @Test
    void whatBecameOfAnEditIsReportedOnceItLeftOrWasGivenUp() throws Exception {
        long target = bench.stage.queue(bench.lobby, "it is about this");
        long cancelled = edit(target);
        cancel(cancelled);
        assertTrue(isReported(cancelled));
        long sent = edit(target);
        bench.outbox.change(
                sent,
                now -> now.sealed(
                        List.of(OutgoingPart.of(new byte[80])),
                        bench.clock.instant().getEpochSecond(),
                        false));
        assertFalse(isReported(sent));
        bench.outbox.change(sent, now -> now.on(0, PacketEvent.TAKEN));
        assertTrue(isReported(sent));
    }
}
