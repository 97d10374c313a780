package org.partyline.bitcointx;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.partyline.api.TxId;

/** Calculates hashes of blocks and transactions, and converts their byte order. */
public final class Hashes {
    private Hashes() {}

    /** A hash in the byte order of the wire, 32 bytes: the reverse of the display order. */
    public static byte[] internal(TxId hash) {
        byte[] bytes = hash.bytes();
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte swapped = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = swapped;
        }
        return bytes;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
