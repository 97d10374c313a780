package org.partyline.messaging.mailbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The target of an outgoing reaction, edit or request to forget.
 *
 * @param id the number of the outgoing message
 * @param target the message that it is about
 * @param session the only chain on which its readers accept it, 16 hex digits; empty for any
 * @param unsent what it is (a code of {@link ControlCodes}), while its sender would not learn otherwise that it was not
 *     sent, because its contents are deleted first; 0: nothing has to be reported
 * @param queued in milliseconds
 */
public record RemarkRecord(long id, int membership, long target, String session, byte unsent, long queued) {
    /** The table of the store. */
    public static final String TABLE = "remarks";

    /** How long after its message it can still be reported that it was not sent. */
    private static final Duration UNREPORTED = Duration.ofDays(30);

    public RemarkRecord {
        session = session == null ? "" : session;
    }

    /** Part of the caller's transaction. @param expires when its message expires */
    public void put(StoreTransaction tx, Instant expires) throws StoreException {
        tx.put(
                TABLE,
                Keys.of(id),
                Keys.of(membership),
                Cbor.write(this),
                unsent == 0 ? expires : expires.plus(UNREPORTED));
    }

    /** Records that its sender can see what became of it. Part of the caller's transaction. */
    public static void reported(StoreTransaction tx, long id) throws StoreException {
        Optional<RemarkRecord> found = find(tx, id).filter(remark -> remark.unsent != 0);
        if (found.isPresent()) {
            RemarkRecord was = found.get();
            Optional<MessageRecord> about =
                    Tables.find(tx, MessageRecord.TABLE, Keys.of(was.target), MessageRecord.class);
            if (about.isEmpty()) {
                tx.delete(TABLE, Keys.of(id));
            } else {
                new RemarkRecord(id, was.membership, was.target, was.session, (byte) 0, was.queued)
                        .put(tx, Instant.ofEpochMilli(about.get().expires()));
            }
        }
    }

    /** Those of which some may have to be reported. Part of the caller's transaction. */
    public static List<RemarkRecord> unsent(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, TABLE, RemarkRecord.class).stream()
                .filter(remark -> remark.unsent != 0)
                .toList();
    }

    /** The record of an outgoing message. */
    public static Optional<RemarkRecord> find(StoreTransaction tx, long id) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(id), RemarkRecord.class);
    }
}
