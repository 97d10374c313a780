package org.partyline.receive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Stores the fragments of handshakes that arrived at an inbox. Anyone who has the card can add a false fragment with
 * the same message id, even before the true ones arrive. So several are kept for each index, and assembled in every
 * combination: only the true combination opens (PROTOCOL 7).
 */
public final class HandshakePieces {
    /** The maximum number of different fragments that are kept for each index. */
    public static final int MOST_OF_AN_INDEX = 4;
    /** The maximum number of combinations of one message's fragments that are tried in all. */
    public static final int MOST_COMBINATIONS = 64;

    private static final Duration KEPT = Duration.ofHours(24);

    private final Clock clock;

    public HandshakePieces(Clock clock) {
        this.clock = clock;
    }

    /**
     * A kept fragment.
     *
     * @param tried how many combinations were tried when it arrived
     */
    record Piece(int index, byte[] body, int tried) {
        /** Does not show the body. */
        @Override
        public String toString() {
            return "Piece[" + index + "]";
        }
    }

    /**
     * Stores a fragment, and returns the whole bodies that it completes with the stored ones. Part of the caller's
     * transaction.
     */
    public List<byte[]> add(StoreTransaction tx, ContactInbox contactInbox, Content content) throws StoreException {
        FragmentHeader header = content.fragment().orElseThrow();
        byte[] group = group(contactInbox, content);
        List<Piece> held = Tables.read(tx.list(FragmentRecord.TABLE, group), Piece.class);
        List<Piece> rivals =
                held.stream().filter(piece -> piece.index() == header.index()).toList();
        boolean known = rivals.stream().anyMatch(piece -> Arrays.equals(piece.body(), content.body()));
        if (known || rivals.size() >= MOST_OF_AN_INDEX) {
            return List.of();
        }
        if (held.isEmpty()) {
            makeRoom(tx, contactInbox);
        }
        int left = MOST_COMBINATIONS - held.stream().mapToInt(Piece::tried).sum();
        List<byte[]> bodies = combine(held, header, content.body(), left);
        Piece piece = new Piece(header.index(), content.body(), bodies.size());
        byte[] key = Arrays.copyOf(group, group.length + 1);
        key[group.length] = (byte) (header.index() * MOST_OF_AN_INDEX + rivals.size());
        tx.put(
                FragmentRecord.TABLE,
                key,
                group,
                Cbor.write(piece),
                clock.instant().plus(KEPT));
        return bodies;
    }

    /**
     * Called when the handshake was opened: the other fragments with its message id are of no use. Part of the caller's
     * transaction.
     */
    public void drop(StoreTransaction tx, ContactInbox contactInbox, Content content) throws StoreException {
        for (StoredRecord piece : tx.list(FragmentRecord.TABLE, group(contactInbox, content))) {
            tx.delete(FragmentRecord.TABLE, piece.key());
        }
    }

    /**
     * Returns the key of fragments that may belong together: the same message id, the same count, and the same time,
     * which all fragments of a message share and which distinguishes messages of strangers.
     */
    private static byte[] group(ContactInbox contactInbox, Content content) {
        FragmentHeader header = content.fragment().orElseThrow();
        long line = content.timestamp() << 20 | (long) (header.count() - 1) << 16 | header.messageId();
        return Keys.of(contactInbox.id(), Keys.of(line));
    }

    private static List<byte[]> combine(List<Piece> held, FragmentHeader header, byte[] body, int most) {
        List<List<byte[]>> places = new ArrayList<>();
        for (int i = 0; i < header.count(); i++) {
            int index = i;
            places.add(
                    index == header.index()
                            ? List.of(body)
                            : held.stream()
                                    .filter(piece -> piece.index() == index)
                                    .map(Piece::body)
                                    .toList());
        }
        List<byte[]> bodies = new ArrayList<>();
        put(places, 0, new byte[0], bodies, most);
        return bodies;
    }

    /** Adds all combinations of a prefix with the fragments from an index on. */
    private static void put(List<List<byte[]>> places, int next, byte[] start, List<byte[]> bodies, int most) {
        if (next == places.size()) {
            if (bodies.size() < most) {
                bodies.add(start);
            }
            return;
        }
        for (byte[] piece : places.get(next)) {
            if (bodies.size() >= most) {
                return;
            }
            put(places, next + 1, joined(start, piece), bodies, most);
        }
    }

    private static byte[] joined(byte[] start, byte[] end) {
        ByteArrayOutputStream both = new ByteArrayOutputStream(start.length + end.length);
        both.writeBytes(start);
        both.writeBytes(end);
        return both.toByteArray();
    }

    /** Drops the oldest incomplete handshake of an inbox if there are too many. */
    private static void makeRoom(StoreTransaction tx, ContactInbox contactInbox) throws StoreException {
        Map<String, List<byte[]>> incomplete = new LinkedHashMap<>();
        for (StoredRecord entry : tx.list(FragmentRecord.TABLE)) {
            byte[] key = entry.key();
            if (ByteBuffer.wrap(key).getLong() == contactInbox.id()) {
                String group = HexFormat.of().formatHex(key, 0, key.length - 1);
                incomplete.computeIfAbsent(group, name -> new ArrayList<>()).add(key);
            }
        }
        if (incomplete.size() >= Inbox.MOST_INCOMPLETE) {
            for (byte[] key : incomplete.values().iterator().next()) {
                tx.delete(FragmentRecord.TABLE, key);
            }
        }
    }

    /** Returns the body of an assembled HANDSHAKE_INIT: that of the first fragment begins with the inner type. */
    public static byte[] initOf(byte[] joined) {
        return joined.length > 0 && joined[0] == PacketType.HANDSHAKE_INIT.code()
                ? Arrays.copyOfRange(joined, 1, joined.length)
                : new byte[0];
    }
}
