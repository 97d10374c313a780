package org.partyline.messaging.mailbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The position of a consumer of events.
 *
 * @param owner a token's id, or the console
 * @param name the consumer's name
 * @param acknowledged the number of the last event that it has processed
 * @param time when it last acknowledged one, in milliseconds
 */
public record ConsumerRecord(String owner, String name, long acknowledged, long time) {
    /** The table of the store. */
    public static final String TABLE = "event-consumers";

    /** A consumer that acknowledges nothing for this time makes room for a new one. */
    private static final Duration IDLE = Duration.ofDays(90);

    public static Optional<ConsumerRecord> find(StoreTransaction tx, String owner, String name) throws StoreException {
        return Tables.find(tx, TABLE, key(owner, name), ConsumerRecord.class);
    }

    /** The consumers of one owner. */
    public static List<ConsumerRecord> of(StoreTransaction tx, String owner) throws StoreException {
        return Tables.read(tx.list(TABLE, Keys.of(owner)), ConsumerRecord.class);
    }

    /**
     * Part of the caller's transaction. It does not expire: on a server where nothing happens, it would begin again
     * with events that are deleted.
     */
    public void put(StoreTransaction tx) throws StoreException {
        tx.put(TABLE, key(owner, name), Keys.of(owner), Cbor.write(this), null);
    }

    /** Whether it has acknowledged nothing for a long time. */
    public boolean isIdle(Instant now) {
        return now.isAfter(Instant.ofEpochMilli(time).plus(IDLE));
    }

    /** Part of the caller's transaction. */
    public static void delete(StoreTransaction tx, String owner, String name) throws StoreException {
        tx.delete(TABLE, key(owner, name));
    }

    private static byte[] key(String owner, String name) {
        return (owner + '\n' + name).getBytes(StandardCharsets.UTF_8);
    }
}
