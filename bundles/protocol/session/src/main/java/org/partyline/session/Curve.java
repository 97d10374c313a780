package org.partyline.session;

import org.bouncycastle.math.ec.rfc7748.X25519;
import org.partyline.api.SecretBytes;
import org.partyline.api.session.HandshakeRefusedException;

/** Implements X25519 (RFC 7748) over Bouncy Castle, in constant time. */
final class Curve {
    /** Length of a private key, a public key and a shared secret, in bytes. */
    static final int LENGTH = 32;

    private static final int TOP_BYTE = LENGTH - 1;

    private Curve() {}

    /** @param privateKey 32 bytes, any */
    static byte[] publicKey(SecretBytes privateKey) {
        requireLength("an X25519 private key", privateKey.length());
        byte[] publicKey = new byte[LENGTH];
        X25519.generatePublicKey(privateKey.expose(), 0, publicKey, 0);
        return publicKey;
    }

    /**
     * The shared secret.
     *
     * @return 32 bytes, the caller wipes it
     * @throws HandshakeRefusedException if it is all zeros: the other side's key is of low order, so that everyone
     *     knows the secret
     */
    static SecretBytes agree(SecretBytes privateKey, byte[] publicKey) throws HandshakeRefusedException {
        requireLength("an X25519 private key", privateKey.length());
        requireLength("an X25519 public key", publicKey.length);
        SecretBytes shared = SecretBytes.wrap(new byte[LENGTH]);
        if (!X25519.calculateAgreement(privateKey.expose(), 0, publicKey, 0, shared.expose(), 0)) {
            shared.close();
            throw new HandshakeRefusedException("the other side's key has low order and gives no secret");
        }
        return shared;
    }

    /**
     * Rejects a public key with which a shared secret would be all zeros. Private keys are multiples of 8 that are not
     * divisible by an odd prime factor of the order of the curve or its twist, so the result is the same for each of
     * them, and one key represents all.
     *
     * <p>A key with its top bit set is rejected, too. RFC 7748 ignores the bit, but the Noise library uses it. No key
     * generator sets it, and the checked key must be the used one.
     */
    static void requireContributory(SecretBytes privateKey, byte[] publicKey) throws HandshakeRefusedException {
        requireLength("an X25519 public key", publicKey.length);
        if (publicKey[TOP_BYTE] < 0) {
            throw new HandshakeRefusedException("the other side's key is not in its proper form");
        }
        agree(privateKey, publicKey).close();
    }

    private static void requireLength(String what, int length) {
        if (length != LENGTH) {
            throw new IllegalArgumentException(what + " has 32 bytes, not " + length);
        }
    }
}
