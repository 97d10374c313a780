package org.partyline.messaging.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
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
     * Whether a node may have received a packet of a message, or is about to receive one with a stored transaction.
     * Only if neither is the case may a message be sealed again, recalled as unsent, or left to the end of its former
     * chain: otherwise its text would be sent twice. Part of the caller's transaction.
     */
    public static boolean mayHaveLeft(StoreTransaction tx, OutgoingMessage outgoing) throws StoreException {
        return outgoing.left()
                || all(tx).stream()
                        .flatMap(kept -> kept.packets().stream())
                        .anyMatch(packet -> packet.message() == outgoing.id());
    }

    /**
     * The ids of our transactions that are in no block and whose change a transaction spends. Part of the caller's
     * transaction.
     */
    public static List<byte[]> parents(StoreTransaction tx, byte[] raw) throws StoreException {
        Stream<byte[]> own = OutgoingRecords.all(tx).stream()
                .flatMap(outgoing -> outgoing.parts().stream())
                .filter(part -> part.state() != State.CONFIRMED)
                .flatMap(part -> Stream.ofNullable(part.transaction()));
        return Stream.concat(own, all(tx).stream().map(KeptTransaction::transaction))
                .filter(id -> OutgoingPart.spends(raw, id))
                .toList();
    }

    /**
     * Whether a transaction can be mined no more: one of ours that is in a block has spent its coin, or the coin of an
     * unconfirmed one of ours whose change it spends. Part of the caller's transaction.
     */
    public static boolean isDead(StoreTransaction tx, byte[] raw) throws StoreException {
        Map<ByteBuffer, OutgoingPart> ours = new HashMap<>();
        Set<ByteBuffer> spent = new HashSet<>();
        for (OutgoingMessage outgoing : OutgoingRecords.all(tx)) {
            for (OutgoingPart part : outgoing.parts()) {
                byte[] signed = part.raw();
                // Otherwise, it was mined in another transaction than the signed one.
                if (signed != null && TransactionScanner.id(signed).equals(TxId.ofBytes(part.requireTransaction()))) {
                    if (part.state() == State.CONFIRMED) {
                        spent.addAll(TransactionScanner.spent(signed));
                    } else {
                        ours.put(ByteBuffer.wrap(part.requireTransaction()), part);
                    }
                }
            }
        }
        Deque<byte[]> open = new ArrayDeque<>(List.of(raw));
        while (!open.isEmpty()) {
            byte[] next = open.pop();
            if (TransactionScanner.spent(next).stream().anyMatch(spent::contains)) {
                return true;
            }
            ours.values().removeIf(part -> {
                boolean parent = OutgoingPart.spends(next, part.requireTransaction());
                if (parent) {
                    open.push(part.requireRaw());
                }
                return parent;
            });
        }
        return false;
    }

    /**
     * Assigns the packets of a message in flight to another message, with the same indexes. Part of the caller's
     * transaction.
     */
    public static void rename(StoreTransaction tx, long message, long other) throws StoreException {
        for (KeptTransaction kept : all(tx)) {
            if (kept.packets().stream().anyMatch(packet -> packet.message() == message)) {
                put(tx, kept.renamed(message, other));
            }
        }
    }
}
