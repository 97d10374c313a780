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
 * A post-quantum key exchange in progress, as stored (PROTOCOL 6.2). Read from the store, changed, and stored again
 * within one transaction; {@link #close} wipes the copy in memory.
 */
public final class KemExchange implements AutoCloseable {
    /** The table of the store. */
    public static final String TABLE = "exchanges";

    /** The length of a fragment in a packet of 80 bytes. */
    private static final int USUAL_PIECE = 44;

    public int contact;
    /** Whether the key is ours. */
    public boolean proposer;
    /** The id of the exchange, 2 bytes. */
    public byte[] id = {};
    /** When it began, in milliseconds. */
    public long begun;
    /** Whether its packets are paid for; otherwise they replace decoys. */
    public boolean paid;
    /** The seed of our key pair, until the secret is known; null otherwise. */
    public byte @Nullable [] seed;
    /** Our key, or the received part of the other side's. */
    public byte[] key = {};
    /** Our ciphertext, or the received part of the other side's; null before there is any. */
    public byte @Nullable [] ciphertext;
    /** The bytes of the other side's part that have arrived: a {@link BitSet}. */
    public byte[] arrived = {};
    /** The shared secret; null until it is known. */
    public byte @Nullable [] secret;

    /** The number of bytes of our part that were sealed in this pass. */
    public int sent;
    /** When the last of them was sealed, in milliseconds; 0: some are left. */
    public long sentAll;
    /** How often our part was repeated. */
    public int resends;
    /** The number of our sealed packets: each has a separate key while it waits for a slot. */
    public int packets;
    /** The length of the longest fragment that either side has sent, in bytes. */
    public int pieceLength;
    /** When the last fragment of the other side arrived, in milliseconds; 0: none has. */
    public long heard;
    /** When our key update was first due, in milliseconds; 0: it is not due. */
    public long updateDue;
    /** The number of pairs of key updates that did not include the secret, although ours carried its tag. */
    public int failures;

    /** The outcome of adding a fragment of the other side. */
    public enum Added {
        /** Some of it is new. */
        NEW,
        /** All of it was known. */
        KNOWN,
        /** It contradicts an earlier fragment. */
        CONTRADICTS,
        /** It exceeds the length. */
        TOO_LONG
    }

    public static Optional<KemExchange> find(StoreTransaction tx, int contact) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(contact), KemExchange.class);
    }

    public void put(StoreTransaction tx) throws StoreException {
        Tables.putSecret(tx, TABLE, Keys.of(contact), Keys.ALL, this);
    }

    /** Erases an exchange that has ended, or whose session has. */
    public static void erase(StoreTransaction tx, int contact) throws StoreException {
        tx.delete(TABLE, Keys.of(contact));
    }

    /** Returns our message: our key, or our answer to the other side's; null if there is no answer yet. */
    public byte @Nullable [] ours() {
        return proposer ? key : ciphertext;
    }

    private byte[] theirs() {
        return proposer ? Objects.requireNonNull(ciphertext, "a proposer has room for the answer") : key;
    }

    /** Adds a fragment of the other side's part. The caller stores the exchange. */
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

    /** Whether a fragment agrees with the part that has arrived completely. */
    public boolean agrees(int offset, byte[] piece) {
        byte[] whole = theirs();
        return offset + piece.length <= whole.length
                && Arrays.equals(whole, offset, offset + piece.length, piece, 0, piece.length);
    }

    /** The number of bytes of the other side's part that have arrived. */
    public int arrivedBytes() {
        return BitSet.valueOf(arrived).cardinality();
    }

    /** Whether the other side's part is complete. */
    public boolean isArrived() {
        return arrivedBytes() == theirs().length;
    }

    /** The number of its packets, given the size of its fragments. */
    public int packetsInAll() {
        return packets(Kem.KEY_LENGTH) + packets(Kem.CIPHERTEXT_LENGTH);
    }

    /** The number of its packets that have left or arrived. */
    public int packetsDone() {
        int own = ours() == null ? 0 : resends > 0 ? ours().length : sent;
        int other = secret != null ? theirs().length : arrivedBytes();
        return packets(own) + packets(other);
    }

    private int packets(int bytes) {
        int each = pieceLength == 0 ? USUAL_PIECE : pieceLength;
        return (bytes + each - 1) / each;
    }

    /**
     * Brings times that are ahead back to now: they are from a clock that was fast, and nothing may wait for them.
     *
     * @return whether there were any
     */
    public boolean clockWentBack(long now) {
        if (begun <= now && sentAll <= now && heard <= now && updateDue <= now) {
            return false;
        }
        begun = Math.min(begun, now);
        sentAll = Math.min(sentAll, now);
        heard = Math.min(heard, now);
        updateDue = Math.min(updateDue, now);
        return true;
    }

    /** Wipes the secrets. */
    @Override
    public void close() {
        for (byte[] each : Arrays.asList(seed, secret)) {
            if (each != null) {
                Arrays.fill(each, (byte) 0);
            }
        }
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "KemExchange";
    }
}
