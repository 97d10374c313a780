package org.partyline.api.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The public keys of a persona (PROTOCOL 6).
 *
 * @param signing Ed25519, 32 bytes
 * @param agreement X25519, 32 bytes
 */
public record PublicIdentity(byte[] signing, byte[] agreement) {
    /** Length of a public key in bytes. */
    public static final int KEY_LENGTH = 32;
    /** Length of a sender id in bytes. */
    public static final int SENDER_ID_LENGTH = 8;

    public PublicIdentity {
        if (signing.length != KEY_LENGTH || agreement.length != KEY_LENGTH) {
            throw new IllegalArgumentException("a public key has 32 bytes");
        }
    }

    /** The sender id: SHA-256(Ed25519 public || X25519 public)[0..8]. */
    public byte[] senderId() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(signing);
            sha256.update(agreement);
            return Arrays.copyOf(sha256.digest(), SENDER_ID_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicIdentity that
                && MessageDigest.isEqual(signing, that.signing)
                && MessageDigest.isEqual(agreement, that.agreement);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(signing);
    }

    /** Does not show the keys: the people whom a user talks to are a secret. */
    @Override
    public String toString() {
        return "PublicIdentity";
    }
}
