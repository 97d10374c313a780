package org.partyline.messaging.mailbox;

import java.time.Instant;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The target of an outgoing reaction, edit or request to forget.
 *
 * @param id the number of the outgoing message
 * @param target the message that it is about
 * @param session the only chain on which its readers accept it, 16 hex digits; empty for any
 */
public record RemarkRecord(long id, int membership, long target, String session) {
    /** The table of the store. */
    public static final String TABLE = "remarks";

    public RemarkRecord {
        session = session == null ? "" : session;
    }

    /** Part of the caller's transaction. @param expires when it becomes useless */
    public void put(StoreTransaction tx, Instant expires) throws StoreException {
        tx.put(TABLE, Keys.of(id), Keys.of(membership), Cbor.write(this), expires);
    }

    /** The record of an outgoing message. */
    public static Optional<RemarkRecord> find(StoreTransaction tx, long id) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(id), RemarkRecord.class);
    }
}
