package org.partyline.messaging.mailbox;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Reads and writes stored messages, and the data for finding them: the {@link SummaryRecord} of their conversation, and
 * the packets that carried them. Each method is part of the caller's transaction.
 */
public final class MessageRecords {
    /** The table of the messages that packets carried, grouped by packet, so that nothing must be in memory. */
    public static final String PACKETS = "received-packets";

    private MessageRecords() {}

    /** Stores a message until its time to live ends. */
    public static void put(StoreTransaction tx, MessageRecord message) throws StoreException {
        follow(tx, message.membership(), message.id(), Optional.of(message));
        tx.put(
                MessageRecord.TABLE,
                Keys.of(message.id()),
                Keys.of(message.membership()),
                Cbor.write(message),
                Instant.ofEpochMilli(message.expires()));
    }

    /** Updates the summary of its conversation. @param next empty: it is deleted */
    private static void follow(StoreTransaction tx, int conversation, long id, Optional<MessageRecord> next)
            throws StoreException {
        Optional<SummaryRecord> summary = SummaryRecord.find(tx, conversation);
        if (summary.isPresent()) {
            boolean counted = id <= summary.get().newest();
            summary.get().follow(tx, id, counted ? find(tx, id) : Optional.empty(), next);
        }
    }

    /** Stores a message that has just arrived, so that its packets are recognised from now on. */
    public static void add(StoreTransaction tx, MessageRecord message) throws StoreException {
        put(tx, message);
        for (byte[] packet : message.packets()) {
            tx.put(
                    PACKETS,
                    Keys.of(message.id(), packet),
                    packet,
                    Keys.of(message.id()),
                    Instant.ofEpochMilli(message.expires()));
        }
    }

    /** A stored message; empty if it was deleted. */
    public static Optional<MessageRecord> find(StoreTransaction tx, long id) throws StoreException {
        return Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class);
    }

    /** The stored messages that a packet carried. */
    public static List<MessageRecord> broughtBy(StoreTransaction tx, PacketId packet) throws StoreException {
        List<MessageRecord> messages = new ArrayList<>();
        for (StoredRecord brought : tx.list(PACKETS, packet.hash())) {
            find(tx, ByteBuffer.wrap(brought.value()).getLong()).ifPresent(messages::add);
        }
        return messages;
    }

    /** Deletes a message; its packets are no longer recognised. @return whether it existed */
    public static boolean delete(StoreTransaction tx, long id) throws StoreException {
        Optional<MessageRecord> message = find(tx, id);
        if (message.isEmpty()) {
            return false;
        }
        follow(tx, message.get().membership(), id, Optional.empty());
        for (byte[] packet : message.get().packets()) {
            tx.delete(PACKETS, Keys.of(id, packet));
        }
        return tx.delete(MessageRecord.TABLE, Keys.of(id));
    }
}
