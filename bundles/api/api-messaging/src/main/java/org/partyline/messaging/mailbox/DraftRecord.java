package org.partyline.messaging.mailbox;

import java.time.Instant;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * An unfinished text, sealed in the store like messages.
 *
 * @param membership the conversation's number
 */
public record DraftRecord(int membership, String text, long written) {
    /** The table of the store. */
    public static final String TABLE = "drafts";

    /** The draft of a conversation. @param now in milliseconds */
    public static Optional<DraftRecord> find(StoreTransaction tx, int conversation, long now, long life)
            throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(conversation), DraftRecord.class)
                .filter(draft -> draft.written() + life > now);
    }

    /** Part of the caller's transaction. @param expires when it is deleted */
    public void put(StoreTransaction tx, Instant expires) throws StoreException {
        tx.put(TABLE, Keys.of(membership), Keys.of(membership), Cbor.write(this), expires);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Draft";
    }
}
