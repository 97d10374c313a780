package org.partyline.messaging.mailbox;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * A packet for a contact that replaces a decoy: it costs nothing beyond the cover traffic, and is sent only with it. It
 * is sealed in its slot, since that uses a chain position. Each method is part of the caller's transaction.
 *
 * @param membership the contact's number
 * @param rank the lowest rank is sent first
 * @param key its purpose, unique within its contact: the next one with the same key replaces it while it is not sealed
 * @param type code of the {@link PacketType}
 * @param expires when it becomes useless, in milliseconds
 * @param packet the sealed packet; null before
 * @param sealed when it was sealed, in milliseconds; 0 before
 * @param decoy the number of the outgoing message for its last slot; 0 before
 */
@RecordBuilder
public record CargoRecord(
        long id,
        int membership,
        int rank,
        String key,
        int type,
        byte[] body,
        long expires,
        byte @Nullable [] packet,
        long sealed,
        long decoy)
        implements CargoRecordBuilder.With {
    /** The table of the store. */
    public static final String TABLE = "cargo";

    /** The rank of receipts. */
    public static final int RECEIPTS = 1;

    /** The rank of a post-quantum key exchange: its content is created in its slot, to fit the slot's size. */
    public static final int EXCHANGE = 2;

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Cargo";
    }

    /** Queues a packet, replacing an unsealed one under the same key. */
    public static void queue(
            StoreTransaction tx, int contact, int rank, String key, PacketType type, byte[] body, Instant expires)
            throws StoreException {
        long id = 0;
        for (CargoRecord before : of(tx, contact)) {
            if (before.key().equals(key) && before.packet() == null) {
                if (Arrays.equals(before.body(), body)) {
                    return;
                }
                id = before.id();
            }
        }
        new CargoRecord(
                        id == 0 ? Tables.next(tx, TABLE) : id,
                        contact,
                        rank,
                        key,
                        type.code(),
                        body,
                        expires.toEpochMilli(),
                        null,
                        0,
                        0)
                .put(tx);
    }

    /** Stores it. */
    public void put(StoreTransaction tx) throws StoreException {
        tx.put(TABLE, Keys.of(id), Keys.of(membership), Cbor.write(this), Instant.ofEpochMilli(expires));
    }

    /** Deletes a useless packet. */
    public void delete(StoreTransaction tx) throws StoreException {
        tx.delete(TABLE, Keys.of(id));
    }

    /** All queued packets, in the order in which they leave. */
    public static List<CargoRecord> all(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, TABLE, CargoRecord.class).stream()
                .sorted(Comparator.comparingInt(CargoRecord::rank).thenComparingLong(CargoRecord::id))
                .toList();
    }

    /** The queued packets of a contact. */
    public static List<CargoRecord> of(StoreTransaction tx, int contact) throws StoreException {
        return Tables.read(tx.list(TABLE, Keys.of(contact)), CargoRecord.class);
    }

    /**
     * Drops the queued packets of a contact.
     *
     * @param sealed whether to drop only sealed ones: nobody reads their chain any more
     */
    public static void drop(StoreTransaction tx, int contact, boolean sealed) throws StoreException {
        for (CargoRecord cargo : of(tx, contact)) {
            if (!sealed || cargo.packet() != null) {
                cargo.delete(tx);
            }
        }
    }
}
