package org.partyline.api.crypto;

import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * A key for one operation. It passes its own bytes to the cipher instead of a copy, as {@code SecretKeySpec} would, so
 * that {@link #destroy()} leaves fewer copies behind.
 */
public final class OneTimeKey implements SecretKey, AutoCloseable {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final transient byte[] bytes;

    /**
     * @param algorithm its name in Java, such as {@code AES}
     * @param bytes not copied; the caller must not use them any more
     */
    public OneTimeKey(String algorithm, byte[] bytes) {
        this.algorithm = algorithm;
        this.bytes = bytes;
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        return bytes;
    }

    @Override
    public void destroy() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public void close() {
        destroy();
    }
}
