package org.partyline.engine.chains;

import java.nio.ByteBuffer;
import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.engine.store.Records;

/** What is kept of conversations. */
public final class Conversations {
    private Conversations() {}

    /** Erases what is kept of a channel's place or of a contact, but for its own record. */
    public static void erase(StoreTransaction tx, int membership) throws StoreException {
        byte[] group = Records.key(membership);
        for (String table : List.of(Records.MESSAGES, Records.OUTGOING, Records.RECEIVE_CHAINS, Records.SEEN_CHAINS)) {
            for (StoredRecord entry : tx.list(table, group)) {
                tx.delete(table, entry.key());
            }
        }
        for (StoredRecord entry : tx.list(Records.FRAGMENTS)) {
            if (ByteBuffer.wrap(entry.key()).getLong() == membership) {
                tx.delete(Records.FRAGMENTS, entry.key());
            }
        }
        tx.delete(Records.SEND_CHAINS, group);
        SeenLocators.forgetSeen(tx, membership);
    }
}
