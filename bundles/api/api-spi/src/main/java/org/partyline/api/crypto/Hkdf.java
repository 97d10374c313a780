package org.partyline.api.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256 (RFC 5869), and HMAC-SHA256 alone. Stateless. */
public final class Hkdf {
    /** Output length of HMAC-SHA256 in bytes. */
    public static final int HASH_LENGTH = 32;

    private Hkdf() {}

    /**
     * Extracts, then expands.
     *
     * @param secret the input keying material
     * @param salt empty means 32 zero bytes
     * @param info the purpose of the output
     * @param length the number of bytes, 1 to 8,160
     */
    public static byte[] derive(byte[] secret, byte[] salt, byte[] info, int length) {
        byte[] pseudorandomKey = hmac(salt.length == 0 ? new byte[HASH_LENGTH] : salt, secret);
        try {
            return expand(pseudorandomKey, info, length);
        } finally {
            Arrays.fill(pseudorandomKey, (byte) 0);
        }
    }

    /** As {@link #derive(byte[], byte[], byte[], int)} with no salt and an ASCII label. */
    public static byte[] derive(byte[] secret, String info, int length) {
        return derive(secret, new byte[0], info.getBytes(StandardCharsets.US_ASCII), length);
    }

    /**
     * HMAC-SHA256.
     *
     * @param key at least 1 byte
     * @param parts hashed one after another
     * @return 32 bytes
     */
    public static byte[] hmac(byte[] key, byte[]... parts) {
        Mac mac = mac(key);
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    private static byte[] expand(byte[] pseudorandomKey, byte[] info, int length) {
        if (length < 1 || length > 255 * HASH_LENGTH) {
            throw new IllegalArgumentException("HKDF output must be 1 to 8160 bytes, not " + length);
        }
        Mac mac = mac(pseudorandomKey);
        byte[] output = new byte[length];
        byte[] block = new byte[0];
        int done = 0;
        for (int counter = 1; done < length; counter++) {
            mac.update(block);
            mac.update(info);
            mac.update((byte) counter);
            Arrays.fill(block, (byte) 0);
            block = mac.doFinal();
            int take = Math.min(HASH_LENGTH, length - done);
            System.arraycopy(block, 0, output, done, take);
            done += take;
        }
        Arrays.fill(block, (byte) 0);
        return output;
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }
}
