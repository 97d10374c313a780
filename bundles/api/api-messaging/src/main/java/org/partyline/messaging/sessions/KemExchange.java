package org.partyline.messaging.sessions;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.crypto.Kem;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * A post-quantum key exchange in progress, as it is stored (PROTOCOL 6.2). Read from the store, changed, and put back
 * within one transaction; {@link #close} wipes the copy in memory.
 */
public final class KemExchange implements AutoCloseable {
    /** The table of the store. */
    public static final String TABLE = "exchanges";

    /** Bytes of a piece in a packet of 80 bytes. */
    private static final int USUAL_PIECE = 44;

    public int contact;
    /** Whether the key is ours. */
    public boolean proposer;
    /** Of the exchange, 2 bytes. */
    public byte[] id = {};
    /** When it began, in milliseconds. */
    public long begun;
    /** Its packets are paid for; otherwise they take the place of decoys. */
    public boolean paid;
    /** The seed of our key pair, until the secret is known; null otherwise. */
    public byte @Nullable [] seed;
    /** Ours, or what has arrived of the other side's. */
    public byte[] key = {};
    /** Ours, or what has arrived of the other side's; null before there is any. */
    public byte @Nullable [] ciphertext;
    /** Which bytes of the other side's part have arrived: a {@link BitSet}. */
    public byte[] arrived = {};
    /** What both sides share; null until it is known. */
    public byte @Nullable [] secret;

    /** Bytes of our part that were sealed in this pass. */
    public int sent;
    /** When the last of them was, in milliseconds; 0: some are left. */
    public long sentAll;
    /** How often our part was sent again. */
    public int resends;
    /** Sealed packets of ours: each has a separate key while it waits for a slot. */
    public int packets;
    /** Bytes in the longest piece that either side has sent. */
    public int pieceLength;
    /** When a piece of the other side's arrived last, in milliseconds; 0: none has. */
    public long heard;
    /** When our key update was first due, in milliseconds; 0: it is not. */
    public long updateDue;
    /** Pairs of key updates that did not take the secret in, though ours carried its tag. */
    public int failures;

    /** The outcome of adding a piece from the other side. */
    public enum Added {
        /** Some of it is new. */
        NEW,
        /** All of it was here. */
        KNOWN,
        /** It says something else than one before. */
        CONTRADICTS,
        /** It goes past the end. */
        TOO_LONG
    }

    public static Optional<KemExchange> find(StoreTransaction tx, int contact) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(contact), KemExchange.class);
    }

    public void put(StoreTransaction tx) throws StoreException {
        Tables.putSecret(tx, TABLE, Keys.of(contact), Keys.ALL, this);
    }

    /** It is over, or its session is. */
    public static void erase(StoreTransaction tx, int contact) throws StoreException {
        tx.delete(TABLE, Keys.of(contact));
    }

    /** What we send: our key, or our answer to the other side's; null: there is no answer yet. */
    public byte @Nullable [] ours() {
        return proposer ? key : ciphertext;
    }

    private byte[] theirs() {
        return proposer ? Objects.requireNonNull(ciphertext, "a proposer has room for the answer") : key;
    }

    /** Takes a piece of the other side's part. Leaves the exchange to be put. */
    public Added add(int offset, byte[] piece) {
        byte[] whole = theirs();
        if (offset + piece.length > whole.length) {
            return Added.TOO_LONG;
        }
        BitSet have = BitSet.valueOf(arrived);
        int before = have.cardinality();
        for (int i = 0; i < piece.length; i++) {
            if (have.get(offset + i) && whole[offset + i] != piece[i]) {
                return Added.CONTRADICTS;
            }
        }
        System.arraycopy(piece, 0, whole, offset, piece.length);
        have.set(offset, offset + piece.length);
        arrived = have.toByteArray();
        pieceLength = Math.max(pieceLength, piece.length);
        return have.cardinality() == before ? Added.KNOWN : Added.NEW;
    }

    /** Whether a piece is as what has arrived whole says. */
    public boolean agrees(int offset, byte[] piece) {
        byte[] whole = theirs();
        return offset + piece.length <= whole.length
                && Arrays.equals(whole, offset, offset + piece.length, piece, 0, piece.length);
    }

    /** How many bytes of the other side's part have arrived. */
    public int arrivedBytes() {
        return BitSet.valueOf(arrived).cardinality();
    }

    /** Whether all of the other side's part is here. */
    public boolean isArrived() {
        return arrivedBytes() == theirs().length;
    }

    /** How many packets it takes, of the size in which its pieces go. */
    public int packetsInAll() {
        return packets(Kem.KEY_LENGTH) + packets(Kem.CIPHERTEXT_LENGTH);
    }

    /** How many of them have left or arrived here. */
    public int packetsDone() {
        int own = ours() == null ? 0 : resends > 0 ? ours().length : sent;
        int other = secret != null ? theirs().length : arrivedBytes();
        return packets(own) + packets(other);
    }

    private int packets(int bytes) {
        int each = pieceLength == 0 ? USUAL_PIECE : pieceLength;
        return (bytes + each - 1) / each;
    }

    /** Wipes what must not be seen. */
    @Override
    public void close() {
        for (byte[] each : Arrays.asList(seed, secret)) {
            if (each != null) {
                Arrays.fill(each, (byte) 0);
            }
        }
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "KemExchange";
    }
}
