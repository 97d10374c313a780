package org.partyline.messaging.recognition;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * A used position of a channel's chain, as stored: another packet there is reported after a restart, too.
 *
 * @param started when the chain began, in seconds
 */
public record UsedPositionRecord(int chain, long hint, long started, byte[] secret, int signer) {
    /** The table of the store. */
    public static final String TABLE = "used-positions";

    /** The root from which the secrets of a chain can be derived is kept for at least as long. */
    public static final Duration KEPT = Duration.ofHours(24);

    /** Stores a position until its secret is erased. Part of the caller's transaction. */
    public static void put(StoreTransaction tx, int membership, long hint, ChainTable.Used used) throws StoreException {
        long started = used.started().getEpochSecond();
        Tables.putSecret(
                tx,
                TABLE,
                Keys.of(used.chain(), Keys.of(hint)),
                Keys.of(membership),
                new UsedPositionRecord(
                        used.chain(), hint, started, used.secret().expose(), used.signer()),
                Instant.ofEpochSecond(started).plus(KEPT));
    }

    /** Forgets the positions of a chain. Part of the caller's transaction. */
    public static void forget(StoreTransaction tx, int membership, int chain) throws StoreException {
        for (StoredRecord position : tx.list(TABLE, Keys.of(membership))) {
            if (ByteBuffer.wrap(position.key()).getLong() == chain) {
                tx.delete(TABLE, position.key());
            }
        }
    }

    /** Remembers all stored positions again. Part of the caller's transaction, which only reads. */
    public static void load(StoreTransaction tx, ChainTable chains) throws StoreException {
        for (UsedPositionRecord position : Tables.all(tx, TABLE, UsedPositionRecord.class)) {
            Instant started = Instant.ofEpochSecond(position.started());
            SecretBytes secret = SecretBytes.wrap(position.secret());
            chains.use(position.hint(), new ChainTable.Used(position.chain(), started, secret, position.signer()));
        }
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "UsedPosition";
    }
}
