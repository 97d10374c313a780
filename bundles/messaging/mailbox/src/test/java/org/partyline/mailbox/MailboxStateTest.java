package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.StageBench;

/** What is in memory of messages once the store is open, and when they have expired. */
class MailboxStateTest {
    private final StageBench bench = new StageBench();
    private StateOwner mailbox;
    private long id;
    private PacketId packet;

    @BeforeEach
    void aSealedMessage() throws Exception {
        ChannelMembership lobby = bench.join("lobby", Mode.RATCHET);
        mailbox = StageBench.offered(bench.add(MailboxStage::new), StateOwner.class);
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
