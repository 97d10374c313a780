package org.partyline.messaging.chains;

import java.nio.ByteBuffer;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.store.Keys;

/**
 * Remembers the session ids of chains that were opened in a channel, while their day's root is kept (PROTOCOL 5). Every
 * member has the seeds that it has read: a chain that could be opened a second time could be used to repeat old
 * messages. Each method is part of the caller's transaction.
 */
public final class SeenChains {
    /** The table of the store. */
    public static final String TABLE = "seen-chains";

    private static final int DAY_AT = Long.BYTES;
    private static final byte[] SEEN = {1};

    private SeenChains() {}

    /**
     * Records that a chain was opened, by any member.
     *
     * @param day the day of the root that the chain's key is derived from
     * @return false if it was opened before
     */
    public static boolean opens(StoreTransaction tx, int membership, int day, byte[] session) throws StoreException {
        byte[] key = Keys.of(membership, Keys.of(day, session));
        if (tx.contains(TABLE, key)) {
            return false;
        }
        tx.put(TABLE, key, Keys.of(membership), SEEN, null);
        return true;
    }

    /** Forgets the chains of days whose roots are erased: nobody can open them any more. */
    public static void forgetBefore(StoreTransaction tx, int membership, int day) throws StoreException {
        for (StoredRecord seen : tx.list(TABLE, Keys.of(membership))) {
            if (ByteBuffer.wrap(seen.key()).getLong(DAY_AT) < day) {
                tx.delete(TABLE, seen.key());
            }
        }
    }
}
