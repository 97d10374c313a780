package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.EventLog;
import org.partyline.messaging.mailbox.EventRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.StageBench;

/** Tests the data on messages in memory once the store is open, and when they have expired. */
class MailboxStateTest {
    private final StageBench bench = new StageBench();
    private StateOwner mailbox;
    private Outbox outbox;
    private ChannelMembership lobby;
    private long id;
    private PacketId packet;

    @BeforeEach
    void aSealedMessage() throws Exception {
        lobby = bench.join("lobby", Mode.RATCHET);
        MailboxStage stage = bench.add(MailboxStage::new);
        mailbox = StageBench.offered(stage, StateOwner.class);
        outbox = StageBench.offered(stage, Outbox.class);
        id = bench.queue(lobby, "ours", "rolling", Duration.ofHours(1));
        byte[] sealed = bench.sealer.seal(id).parts().get(0).packet();
        packet = PacketId.of(Network.REGTEST.code(), sealed);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private List<StoredRecord> deleteExpired() throws StoreException {
        try (AfterCommit after = new AfterCommit()) {
            List<StoredRecord> records = bench.guard.transact(tx -> {
                List<StoredRecord> gone = tx.deleteExpired(bench.clock.instant());
                mailbox.expired(tx, after, gone);
                return gone;
            });
            after.commit();
            return records;
        }
    }

    @Test
    void packetsOfOursAreKnownAgain() throws Exception {
        bench.recognition.packets.removeSent(id);
        bench.guard.<Void, StoreException>transact(tx -> {
            mailbox.load(tx);
            return null;
        });
        assertEquals(id, bench.recognition.packets.sent(packet).message());
    }

    /** Its contents were deleted before anybody could see that it was not sent. */
    @Test
    void anEditThatExpiredWhileTheStoreWasLockedIsReportedOnce() throws Exception {
        long now = bench.clock.millis();
        long edit = id + 1000;
        bench.guard.<StoreException>update(tx -> {
            for (long remark : new long[] {id, edit}) {
                new RemarkRecord(remark, lobby.id(), id, "", ControlCodes.EDIT, now)
                        .put(tx, bench.clock.instant().plus(Duration.ofHours(1)));
            }
            mailbox.load(tx);
        });
        assertEquals(State.SEALED, bench.outgoing(id).state(), "it is still there");
        OutgoingMessage reported = bench.outgoing(edit);
        assertEquals(State.EXPIRED, reported.state());
        assertEquals(OutgoingMessage.NOT_SENT, reported.reason());
        assertEquals(now + bench.settings.get().sending().defaultTtl().toMillis(), reported.expires());
        assertEquals(
                List.of(id),
                bench.guard.transact(RemarkRecord::unsent).stream()
                        .map(RemarkRecord::id)
                        .toList());
    }

    @Test
    void itsServicesAreThereUntilItIsStopped() {
        MailboxStage stage = new MailboxStage(bench.context);
        Set<Class<?>> registered = StageBench.publish(stage::publish);
        assertEquals(
                Set.of(Outbox.class, Inbox.class, PropagationTracker.class, StateOwner.class, PacketSizes.class),
                registered);
        stage.stop();
        assertEquals(Set.of(), registered);
    }

    @Test
    void whatHappensIsKeptAsEventsFromThenOn() throws Exception {
        bench.guard.follow(() -> {
            throw new AssertionError("the one before");
        });
        new MailboxStage(bench.context);
        long before = last();
        bench.guard.<StoreException>update(tx -> tx.delete(MessageRecord.TABLE, Keys.of(id)));
        assertEquals(before + 1, last());
    }

    private long last() throws StoreException {
        return bench.store.transact(EventRecord::last);
    }

    @Test
    void whoFollowsEventsIsToldOfTheNewestAndAfterAnOldCopyTheyAreNumberedAnew() throws Exception {
        assertEquals(1, mailbox.place(), "messages are loaded first");
        List<EventLog.Opened> opened = new ArrayList<>();
        bench.bus.on(EventLog.Opened.class, opened::add);
        bench.guard.<StoreException>update(tx -> mailbox.load(tx));
        assertEquals(List.of(new EventLog.Opened(last())), opened);
        long before = last();
        bench.guard.<StoreException>update(tx -> mailbox.mend(tx, new AfterCommit(), "a test"));
        assertTrue(last() > before + 1);
    }

    /** The file was copied earlier, and restored: a program may still have the ids of the messages in between. */
    @Test
    void afterAnOldCopyNoMessageGetsTheIdOfOneThatIsNotInIt() throws Exception {
        try (StageBench old = new StageBench(bench.clock, bench.store.copyAndOpen())) {
            long lost = bench.queue(lobby, "not in the copy", "confirm", Duration.ofHours(1));
            StateOwner copied = StageBench.offered(old.add(MailboxStage::new), StateOwner.class);
            old.guard.<StoreException>update(tx -> copied.mend(tx, new AfterCommit(), "a test"));
            long next = old.queue(lobby, "another", "confirm", Duration.ofHours(1));
            assertTrue(next > lost, next + " after " + lost);
        }
    }

    @Test
    void whatIsQueuedIsKnownOnceTheStoreIsOpen() throws Exception {
        bench.queue(lobby, "waits", "confirm", Duration.ofHours(1));
        assertTrue(outbox.isQueued(lobby.id(), "confirm"::equals));
        assertFalse(outbox.isQueued(lobby.id(), "rolling"::equals), "that one is sealed");
        assertFalse(outbox.isQueued(lobby.id() + 1, "confirm"::equals));
        bench.queue(lobby, PacketType.CONTROL, new byte[] {1});
        long waits = bench.allOutgoing().get(1).id();
        bench.guard.open(() -> outbox.giveUp(waits, MessageEvent.RECALLED, "recalled"));
        assertFalse(outbox.isQueued(lobby.id(), "confirm"::equals), "what nobody has written");
        try (StageBench next = new StageBench(bench.clock, bench.store.copyAndOpen())) {
            MailboxStage stage = next.add(MailboxStage::new);
            long again = bench.queue(lobby, "waits too", "confirm", Duration.ofHours(1));
            assertTrue(again > waits);
            next.guard.<StoreException>update(
                    tx -> StageBench.offered(stage, StateOwner.class).load(tx));
            assertFalse(StageBench.offered(stage, Outbox.class).isQueued(lobby.id(), "confirm"::equals));
        }
        try (StageBench next = new StageBench(bench.clock, bench.store.copyAndOpen())) {
            MailboxStage stage = next.add(MailboxStage::new);
            next.guard.<StoreException>update(
                    tx -> StageBench.offered(stage, StateOwner.class).load(tx));
            assertTrue(StageBench.offered(stage, Outbox.class).isQueued(lobby.id(), "confirm"::equals));
        }
    }

    @Test
    void packetsAreKnownStillOnceTheWordsHaveExpired() throws Exception {
        bench.guard.<StoreException>update(tx -> {
            StoredRecord words = tx.list(MessageRecord.TABLE).stream()
                    .filter(record -> Arrays.equals(record.key(), Keys.of(id)))
                    .findFirst()
                    .orElseThrow();
            tx.put(
                    MessageRecord.TABLE,
                    words.key(),
                    Keys.ALL,
                    words.value(),
                    bench.clock.instant().plusSeconds(60));
        });
        bench.clock.pass(Duration.ofMinutes(2));
        assertEquals(1, deleteExpired().size());
        assertEquals(id, bench.recognition.packets.sent(packet).message());
    }

    @Test
    void packetsOfMessagesThatHaveExpiredAreForgotten() throws Exception {
        assertEquals(id, bench.recognition.packets.sent(packet).message());
        bench.guard.transact(tx -> {
            StoredRecord stored = tx.list(OutgoingRecords.TABLE).get(0);
            tx.put(
                    OutgoingRecords.TABLE,
                    stored.key(),
                    Keys.ALL,
                    stored.value(),
                    bench.clock.instant().plus(Duration.ofMinutes(1)));
            return null;
        });
        bench.clock.pass(Duration.ofMinutes(2));
        assertEquals(
                List.of(OutgoingRecords.TABLE),
                deleteExpired().stream().map(StoredRecord::table).toList());
        assertNull(bench.recognition.packets.sent(packet));
    }

    /** Nobody may ever list conversations. */
    @Test
    void whichMessagesChangedIsNotHeapedUp() throws Exception {
        bench.guard.transact(tx -> tx.delete(MessageRecord.TABLE, Keys.of(1L)));
        deleteExpired();
        assertEquals(Set.of(), bench.guard.changedMessages().take(MessageRecord.TABLE));
    }
}
