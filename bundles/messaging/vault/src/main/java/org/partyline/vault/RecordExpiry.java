package org.partyline.vault;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.StateGuard;

/** Deletes expired records, and what is in memory of them. */
final class RecordExpiry {
    private final StateGuard guard;
    private final Recognition recognition;
    private final MessageCounts counts;
    private final Clock clock;

    RecordExpiry(StateGuard guard, Recognition recognition, MessageCounts counts, Clock clock) {
        this.guard = guard;
        this.recognition = recognition;
        this.counts = counts;
        this.clock = clock;
    }

    /** Deletes what expired up to now. */
    void expire() throws StoreException {
        Instant now = clock.instant();
        List<StoredRecord> expired = guard.transact(tx -> {
            List<StoredRecord> deleted = tx.deleteExpired(now);
            // Listing conversations does the same; here it is done in case nobody lists them.
            counts.refresh(tx);
            return deleted;
        });
        for (StoredRecord gone : expired) {
            if (gone.table().equals(OutgoingRecords.TABLE)) {
                recognition.packets.removeSent(ByteBuffer.wrap(gone.key()).getLong());
            } else if (gone.table().equals(HeldPackets.UNMATCHED)) {
                recognition.unmatched.remove(new PacketId(gone.key()));
            } else if (gone.table().equals(HeldPackets.PARKED)) {
                recognition.parked.remove(new PacketId(gone.key()));
            }
        }
    }
}
