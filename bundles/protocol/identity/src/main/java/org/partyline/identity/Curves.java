package org.partyline.identity;

import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Implements Ed25519 (RFC 8032) and X25519 (RFC 7748) with Bouncy Castle's static functions, which keep no copy of a
 * key; its key objects cannot be wiped.
 */
final class Curves {
    /** Length of a private or public key of either kind, in bytes. */
    static final int KEY_LENGTH = 32;
    /** Length of a signature in bytes. */
    static final int SIGNATURE_LENGTH = Ed25519.SIGNATURE_SIZE;

    /** Any scalar will do: RFC 7748 makes each of them a multiple of the cofactor. */
    private static final byte[] SOME_SCALAR = new byte[KEY_LENGTH];

    private Curves() {}

    static byte[] signingPublic(byte[] seed) {
        byte[] key = new byte[KEY_LENGTH];
        Ed25519.generatePublicKey(seed, 0, key, 0);
        return key;
    }

    static byte[] agreementPublic(byte[] privateKey) {
        byte[] key = new byte[KEY_LENGTH];
        X25519.generatePublicKey(privateKey, 0, key, 0);
        return key;
    }

    /**
     * The public key is computed again: signatures of one text with one seed but two public keys reveal the private
     * key.
     */
    static byte[] sign(byte[] seed, byte[] input) {
        byte[] signature = new byte[SIGNATURE_LENGTH];
        Ed25519.sign(seed, 0, input, 0, input.length, signature, 0);
        return signature;
    }

    /** Bouncy Castle itself rejects keys of low order; it accepts some other keys outside the prime-order group. */
    static boolean verify(byte[] publicKey, byte[] input, byte[] signature) {
        return signature.length == SIGNATURE_LENGTH
                && isSigningKey(publicKey)
                && Ed25519.verify(signature, 0, publicKey, 0, input, 0, input.length);
    }

    /** Whether it is a point of the prime-order group: with a key of low order, anyone's signature verifies. */
    static boolean isSigningKey(byte[] publicKey) {
        return publicKey.length == KEY_LENGTH && Ed25519.validatePublicKeyFull(publicKey, 0);
    }

    /**
     * Whether agreements with it depend on the other side's key: with a key of low order, all of them are zero. A key
     * with its top bit set, which agreements ignore, would be another person's key in a form that looks different, and
     * no handshake accepts it.
     */
    static boolean isAgreementKey(byte[] publicKey) {
        byte[] shared = new byte[KEY_LENGTH];
        try {
            return publicKey.length == KEY_LENGTH
                    && publicKey[KEY_LENGTH - 1] >= 0
                    && X25519.calculateAgreement(SOME_SCALAR, 0, publicKey, 0, shared, 0);
        } finally {
            Arrays.fill(shared, (byte) 0);
        }
    }
}
