package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.BeaconTable;

/**
 * Stores each beacon key as the two SHA-256 states that HMAC (RFC 2104) reaches after its inner and outer key blocks.
 * One key then costs two compressions; a fresh HMAC costs four.
 *
 * <p>Cloning the platform's SHA-256, which uses processor instructions, was three times as fast as a compression
 * function in Java; the clones are short-lived enough to cost next to nothing.
 */
final class MidstateBeaconTable implements BeaconTable {
    private static final int BLOCK_LENGTH = 64;
    private static final int HASH_LENGTH = 32;
    private static final int KEY_LENGTH = 32;
    private static final byte INNER_PAD = 0x36;
    private static final byte OUTER_PAD = 0x5c;
    private static final int R_AT = 1;
    private static final int R_LENGTH = 8;
    private static final int PROOF_AT = R_AT + R_LENGTH;
    private static final int FIRST_CAPACITY = 8;

    private final byte[] hash = new byte[HASH_LENGTH];
    private int[] ids = new int[FIRST_CAPACITY];
    private MessageDigest[] inner = new MessageDigest[FIRST_CAPACITY];
    private MessageDigest[] outer = new MessageDigest[FIRST_CAPACITY];
    private int size;

    @Override
    public void add(int id, SecretBytes beacon) {
        if (beacon.length() != KEY_LENGTH) {
            throw new IllegalArgumentException("a beacon key has 32 bytes, not " + beacon.length());
        }
        if (id < 0) {
            throw new IllegalArgumentException("a beacon's id is at least 0, not " + id);
        }
        if (indexOf(id) >= 0) {
            throw new IllegalArgumentException("there is a beacon with id " + id + " already");
        }
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
            inner = Arrays.copyOf(inner, 2 * size);
            outer = Arrays.copyOf(outer, 2 * size);
        }
        ids[size] = id;
        inner[size] = midstate(beacon, INNER_PAD);
        outer[size] = midstate(beacon, OUTER_PAD);
        size++;
    }

    @Override
    public void remove(int id) {
        int index = indexOf(id);
        if (index < 0) {
            return;
        }
        wipe(index);
        size--;
        ids[index] = ids[size];
        inner[index] = inner[size];
        outer[index] = outer[size];
        inner[size] = null;
        outer[size] = null;
    }

    @Override
    public int match(byte[] packet) {
        if (packet.length < R_AT + Packets.SEALED_LOCATOR) {
            return -1;
        }
        long proof = ByteBuffer.wrap(packet, PROOF_AT, Long.BYTES).getLong();
        ByteBuffer mac = ByteBuffer.wrap(hash);
        int match = -1;
        // The loop does not stop at a match, so its duration does not reveal which key matched.
        for (int i = 0; i < size; i++) {
            hmac(i, packet);
            // All eight bytes are compared at once: the duration does not depend on how many of them agree.
            if ((mac.getLong(0) ^ proof) == 0) {
                match = ids[i];
            }
        }
        Arrays.fill(hash, (byte) 0);
        return match;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void clear() {
        for (int i = 0; i < size; i++) {
            wipe(i);
        }
        Arrays.fill(inner, null);
        Arrays.fill(outer, null);
        size = 0;
    }

    private void hmac(int index, byte[] packet) {
        try {
            MessageDigest first = (MessageDigest) inner[index].clone();
            first.update(packet, R_AT, R_LENGTH);
            first.digest(hash, 0, HASH_LENGTH);
            MessageDigest second = (MessageDigest) outer[index].clone();
            second.update(hash, 0, HASH_LENGTH);
            second.digest(hash, 0, HASH_LENGTH);
        } catch (CloneNotSupportedException | DigestException e) {
            throw new IllegalStateException("this platform's SHA-256 cannot be cloned", e);
        }
    }

    private static MessageDigest midstate(SecretBytes beacon, byte pad) {
        byte[] block = Arrays.copyOf(beacon.expose(), BLOCK_LENGTH);
        for (int i = 0; i < BLOCK_LENGTH; i++) {
            block[i] ^= pad;
        }
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(block);
            // A clone does without the 64 words in which the block was expanded: half of the memory.
            MessageDigest midstate = (MessageDigest) sha256.clone();
            sha256.reset();
            return midstate;
        } catch (NoSuchAlgorithmException | CloneNotSupportedException e) {
            throw new IllegalStateException("this platform has no SHA-256 that can be cloned", e);
        } finally {
            Arrays.fill(block, (byte) 0);
        }
    }

    /** A reset overwrites the state that was derived from the key. */
    private void wipe(int index) {
        inner[index].reset();
        outer[index].reset();
    }

    private int indexOf(int id) {
        for (int i = 0; i < size; i++) {
            if (ids[i] == id) {
                return i;
            }
        }
        return -1;
    }
}
