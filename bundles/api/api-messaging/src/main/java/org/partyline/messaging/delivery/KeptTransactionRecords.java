package org.partyline.messaging.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Tables;

/** Reads and writes the stored transactions of carriers' records. Each method is part of the caller's transaction. */
public final class KeptTransactionRecords {
    /** The table of the store. */
    public static final String TABLE = "kept-transactions";

    private KeptTransactionRecords() {}

    private static byte[] group(String carrier) {
        return carrier.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] key(String carrier, byte[] record) {
        byte[] id = group(carrier);
        return ByteBuffer.allocate(id.length + 1 + record.length)
                .put(id)
                .put((byte) 0)
                .put(record)
                .array();
    }

    public static void put(StoreTransaction tx, KeptTransaction kept) throws StoreException {
        tx.put(TABLE, key(kept.carrier(), kept.key()), group(kept.carrier()), Cbor.write(kept), null);
    }

    public static Optional<KeptTransaction> find(StoreTransaction tx, String carrier, byte[] record)
            throws StoreException {
        return Tables.find(tx, TABLE, key(carrier, record), KeptTransaction.class);
    }

    public static void delete(StoreTransaction tx, KeptTransaction kept) throws StoreException {
        tx.delete(TABLE, key(kept.carrier(), kept.key()));
    }

    public static List<KeptTransaction> all(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, TABLE, KeptTransaction.class);
    }

    /**
     * Whether a node may have got a packet of a message, or is to get one with a transaction that is kept. Only while neither holds may a message be
     * sealed again, taken back as one that nobody has, or left to its former chain's end: otherwise its words go out twice. Part of the caller's
     * transaction.
     */
    public static boolean mayHaveLeft(StoreTransaction tx, OutgoingMessage outgoing) throws StoreException {
        return outgoing.left()
                || all(tx).stream()
                        .flatMap(kept -> kept.packets().stream())
                        .anyMatch(packet -> packet.message() == outgoing.id());
    }

    /** What goes of a message goes as another one's from now on, the same parts of it. Part of the caller's transaction. */
    public static void rename(StoreTransaction tx, long message, long other) throws StoreException {
        for (KeptTransaction kept : all(tx)) {
            if (kept.packets().stream().anyMatch(packet -> packet.message() == message)) {
                put(tx, kept.renamed(message, other));
            }
        }
    }
}
