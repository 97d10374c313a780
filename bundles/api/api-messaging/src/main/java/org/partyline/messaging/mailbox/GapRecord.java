package org.partyline.messaging.mailbox;

import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The gaps of a chain, kept while the chain is read.
 *
 * @param chain its number
 * @param membership the number of the channel or contact
 * @param runs in order; between two of them something arrived
 */
public record GapRecord(int chain, int membership, List<Run> runs) {
    /** The table of the store. */
    public static final String TABLE = "gaps";

    /**
     * A run of missing positions.
     *
     * @param message the number of the notice; 0: no notice, since an earlier fragment of the same message is missing
     */
    public record Run(long message, StoredGap gap) {}

    /** The gaps of a chain; empty if nothing is missing. Part of the caller's transaction. */
    public static GapRecord of(StoreTransaction tx, int chain, int membership) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(chain), GapRecord.class)
                .orElseGet(() -> new GapRecord(chain, membership, List.of()));
    }

    /** Stores them, or nothing if there are none. Part of the caller's transaction. */
    public void put(StoreTransaction tx) throws StoreException {
        if (runs.isEmpty()) {
            tx.delete(TABLE, Keys.of(chain));
        } else {
            tx.put(TABLE, Keys.of(chain), Keys.of(membership), Cbor.write(this), null);
        }
    }
}
