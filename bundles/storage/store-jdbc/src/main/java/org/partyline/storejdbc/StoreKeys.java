package org.partyline.storejdbc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;

/**
 * The keys of an open store: they hash names to index values, and seal and open values.
 *
 * <p>Not thread-safe; the store's gate guards it.
 */
final class StoreKeys implements AutoCloseable {
    /** Length of an index value in bytes. */
    static final int INDEX = 16;

    /** The number of bytes that sealing adds to a padded plaintext. */
    static final int SEAL_OVERHEAD = 16 + Gcm.TAG;

    private static final int SALT = 16;
    private static final byte[] SEAL_INFO = "partyline/store value".getBytes(StandardCharsets.US_ASCII);

    private final SecretBytes indexKey;
    private final SecretBytes sealKey;
    private final SecureRandom random;

    /** @param storeKey 32 bytes; the caller wipes it, since only subkeys are kept */
    StoreKeys(byte[] storeKey, SecureRandom random) {
        this.indexKey = SecretBytes.wrap(Hkdf.derive(storeKey, "partyline/store index", Hkdf.HASH_LENGTH));
        this.sealKey = SecretBytes.wrap(Hkdf.derive(storeKey, "partyline/store seal", Hkdf.HASH_LENGTH));
        this.random = random;
    }

    /** The index value of a table's name. */
    byte[] tableIndex(String table) {
        return index('t', table.getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    /** The index value of a record's key. */
    byte[] keyIndex(byte[] tableIndex, byte[] key) {
        return index('k', tableIndex, key);
    }

    /** The index value of a record's group. */
    byte[] groupIndex(byte[] tableIndex, byte[] group) {
        return index('g', tableIndex, group);
    }

    private byte[] index(char kind, byte[] first, byte[] second) {
        // The first part of 'k' and 'g' has a fixed length, and 't' has one part, so no two inputs coincide.
        return Arrays.copyOf(Hkdf.hmac(indexKey.expose(), new byte[] {(byte) kind}, first, second), INDEX);
    }

    /**
     * Pads and seals a value.
     *
     * <p>Every value has its own key and nonce, derived with a fresh random 16-byte salt. AES-GCM with random 96-bit
     * nonces and one key would be safe for about 2^32 values only, and a reused nonce would reveal the authentication
     * key; a 128-bit salt raises that to 2^64 values. A restored snapshot of the files does no harm, since there is no
     * counter.
     *
     * @param place the context of the value; it cannot be opened in any other
     */
    byte[] seal(byte[] place, byte[] plain) {
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        byte[] padded = Pad.pad(plain);
        byte[] material = material(salt);
        byte[] key = Arrays.copyOf(material, Gcm.KEY);
        try {
            byte[] sealed = Gcm.seal(key, nonce(material), place, padded);
            return ByteBuffer.allocate(SALT + sealed.length)
                    .put(salt)
                    .put(sealed)
                    .array();
        } finally {
            wipe(padded, material, key);
        }
    }

    /** @throws AEADBadTagException if the value is not ours, was changed, or belongs to another place */
    byte[] open(byte[] place, byte[] sealed) throws AEADBadTagException {
        if (sealed.length < SEAL_OVERHEAD + Pad.STEP) {
            throw new AEADBadTagException("too short");
        }
        byte[] material = material(Arrays.copyOf(sealed, SALT));
        byte[] key = Arrays.copyOf(material, Gcm.KEY);
        byte[] padded = new byte[0];
        try {
            padded = Gcm.open(key, nonce(material), place, Arrays.copyOfRange(sealed, SALT, sealed.length));
            return Pad.unpad(padded);
        } finally {
            wipe(padded, material, key);
        }
    }

    private byte[] material(byte[] salt) {
        return Hkdf.derive(sealKey.expose(), salt, SEAL_INFO, Gcm.KEY + Gcm.NONCE);
    }

    private static byte[] nonce(byte[] material) {
        return Arrays.copyOfRange(material, Gcm.KEY, Gcm.KEY + Gcm.NONCE);
    }

    static void wipe(byte[]... secrets) {
        for (byte[] secret : secrets) {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Wipes the keys. */
    @Override
    public void close() {
        indexKey.close();
        sealKey.close();
    }
}
