package org.partyline.api;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;

/**
 * Secret bytes, such as keys, roots and seeds, that can be wiped. Whoever creates an instance owns it and wipes it with
 * {@link #close()}.
 *
 * <p>Equality takes constant time; {@code toString} and {@code hashCode} reveal nothing of the content. Not thread-safe
 * against a concurrent {@code close}.
 */
public final class SecretBytes implements AutoCloseable {
    private final byte[] bytes;
    private boolean wiped;

    private SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes ownership of the array: the caller must no longer use it.
     *
     * @param bytes the secret; wiped by {@link #close()}
     */
    public static SecretBytes wrap(byte[] bytes) {
        return new SecretBytes(Objects.requireNonNull(bytes, "bytes"));
    }

    /** @param bytes copied; the caller still owns and wipes its own array */
    public static SecretBytes copyOf(byte[] bytes) {
        return new SecretBytes(bytes.clone());
    }

    /**
     * The secret itself, not a copy: read it, but do not keep a reference.
     *
     * @throws IllegalStateException if the secret was wiped
     */
    public byte[] expose() {
        if (wiped) {
            throw new IllegalStateException("this secret was wiped");
        }
        return bytes;
    }

    /** A second instance with a separate owner. */
    public SecretBytes copy() {
        return copyOf(expose());
    }

    /** The length in bytes. */
    public int length() {
        return bytes.length;
    }

    /**
     * Overwrites the secret with zeros. May be called repeatedly.
     *
     * @throws IllegalStateException if another thread still writes to the array
     */
    @Override
    public void close() {
        wiped = true;
        Arrays.fill(bytes, (byte) 0);
        // Reads the array back: otherwise nothing uses the zeros, and a compiler may omit the write.
        int left = 0;
        for (byte each : bytes) {
            left |= each;
        }
        if (left != 0) {
            throw new IllegalStateException("a secret was not wiped: its array is still written to");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretBytes that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return "SecretBytes[" + bytes.length + " bytes]";
    }
}
