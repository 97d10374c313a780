package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;

/**
 * A chain key CK_i, and the values derived from it (PROTOCOL 5). Advancing it overwrites it, and cannot be reversed.
 */
final class ChainKey implements AutoCloseable {
    /** Length in bytes. */
    static final int LENGTH = 32;

    private static final byte[] SECRET = {1};
    private static final byte[] HINT = {2};
    private static final byte[] NEXT = {3};
    private static final byte[] REKEY = {5};

    private final byte[] key;

    private ChainKey(byte[] key) {
        this.key = key;
    }

    /** @param key 32 bytes, copied */
    static ChainKey of(SecretBytes key) {
        if (key.length() != LENGTH) {
            throw new IllegalArgumentException("a chain key has 32 bytes, not " + key.length());
        }
        return new ChainKey(key.expose().clone());
    }

    /** Reads 32 bytes from a buffer. */
    static ChainKey read(ByteBuffer in) {
        byte[] key = new byte[LENGTH];
        in.get(key);
        return new ChainKey(key);
    }

    void write(ByteBuffer out) {
        out.put(key);
    }

    ChainKey copy() {
        return new ChainKey(key.clone());
    }

    /** PS_i, 32 bytes, the caller wipes it. */
    byte[] secret() {
        return Hkdf.hmac(key, SECRET);
    }

    /** hint_i, 8 bytes as a big-endian number. */
    long hint() {
        byte[] mac = Hkdf.hmac(key, HINT);
        long hint = ByteBuffer.wrap(mac).getLong();
        Arrays.fill(mac, (byte) 0);
        return hint;
    }

    /** The salt of a KEY_UPDATE at the position before this key's (PROTOCOL 6), 32 bytes, the caller wipes it. */
    byte[] rekeySalt() {
        return Hkdf.hmac(key, REKEY);
    }

    /** Copies another chain key into this one. */
    void become(ChainKey other) {
        System.arraycopy(other.key, 0, key, 0, LENGTH);
    }

    /** Advances to CK_{i+1}. */
    void advance() {
        byte[] next = Hkdf.hmac(key, NEXT);
        System.arraycopy(next, 0, key, 0, LENGTH);
        Arrays.fill(next, (byte) 0);
    }

    /** Advances to CK_{i+n}. */
    void advance(int steps) {
        for (int i = 0; i < steps; i++) {
            advance();
        }
    }

    @Override
    public void close() {
        Arrays.fill(key, (byte) 0);
    }
}
