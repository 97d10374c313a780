package org.partyline.api;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The hash of a transaction or block, 32 bytes, in the byte order that RPC and people use (the reverse of the one
 * inside transactions).
 */
public final class TxId implements Comparable<TxId> {
    /** The length of a hash in bytes. */
    public static final int LENGTH = 32;

    private final byte[] display;

    private TxId(byte[] display) {
        this.display = display;
    }

    /**
     * @param hex 64 hex digits as RPC shows them
     * @throws IllegalArgumentException if it is anything else
     */
    public static TxId of(String hex) {
        if (hex.length() != 2 * LENGTH) {
            throw new IllegalArgumentException("a transaction id has 64 hex digits, not " + hex.length());
        }
        return new TxId(HexFormat.of().parseHex(hex));
    }

    /** @param internal 32 bytes in the order of the wire and of the hash function */
    public static TxId ofInternal(byte[] internal) {
        if (internal.length != LENGTH) {
            throw new IllegalArgumentException("a transaction id has 32 bytes, not " + internal.length);
        }
        byte[] reversed = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            reversed[i] = internal[LENGTH - 1 - i];
        }
        return new TxId(reversed);
    }

    /** @param display 32 bytes in display order; copied */
    public static TxId ofBytes(byte[] display) {
        if (display.length != LENGTH) {
            throw new IllegalArgumentException("a transaction id has 32 bytes, not " + display.length);
        }
        return new TxId(display.clone());
    }

    /** @param stripped a transaction serialised without witnesses; its double SHA-256 is the id */
    public static TxId ofStripped(byte[] stripped) {
        MessageDigest sha = sha256();
        return ofInternal(sha.digest(sha.digest(stripped)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The 32 bytes in display order; a copy. */
    public byte[] bytes() {
        return display.clone();
    }

    @Override
    public int compareTo(TxId other) {
        return Arrays.compareUnsigned(display, other.display);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TxId that && Arrays.equals(display, that.display);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(display);
    }

    /** 64 lower-case hex digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(display);
    }
}
