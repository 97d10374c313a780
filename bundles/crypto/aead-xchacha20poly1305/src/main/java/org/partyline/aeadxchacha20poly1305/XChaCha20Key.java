package org.partyline.aeadxchacha20poly1305;

import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * A key for one operation. It hands its own bytes to the cipher, not a copy as {@code SecretKeySpec} does, so that
 * {@link #destroy()} leaves fewer copies behind.
 */
final class XChaCha20Key implements SecretKey, AutoCloseable {
    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;

    /** @param bytes taken, not copied; nobody else may need them afterwards */
    XChaCha20Key(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public String getAlgorithm() {
        return "ChaCha20";
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
