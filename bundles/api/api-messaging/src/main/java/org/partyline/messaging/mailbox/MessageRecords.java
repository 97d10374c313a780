package org.partyline.messaging.mailbox;

import java.time.Instant;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;

/** Messages that are shown, sent and received, as they are stored. */
public final class MessageRecords {
    private MessageRecords() {}

    /** Stores one, until its time to live ends. Part of the caller's transaction. */
    public static void put(StoreTransaction tx, MessageRecord message) throws StoreException {
        tx.put(
                MessageRecord.TABLE,
                Keys.of(message.id()),
                Keys.of(message.membership()),
                Cbor.write(message),
                Instant.ofEpochMilli(message.expires()));
    }
}
