package org.partyline.secretsfile;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/**
 * The format of the secrets file: everything before the ciphertext is authenticated with it.
 *
 * <p>Layout: {@code PLSEC} (5), format 1 (1), derivation id (1), time cost (1), memory (4), parallelism (1), cipher id
 * (1), salt (32), nonce (24), ciphertext with tag. Argon2id derives the key from a passphrase and a salt that is new
 * for each write, so no key is used twice; XChaCha20-Poly1305 seals.
 *
 * @param parameters the cost of the derivation
 * @param salt 32 random bytes
 * @param nonce 24 random bytes
 * @param sealed ciphertext and tag
 */
record SecretsEnvelope(KdfParameters parameters, byte[] salt, byte[] nonce, byte[] sealed) {
    /** The only key derivation. */
    static final KdfId DERIVATION = KdfId.ARGON2ID;
    /** The only cipher. */
    static final AeadId CIPHER = AeadId.XCHACHA20_POLY1305;

    private static final byte[] MAGIC = "PLSEC\u0001".getBytes(StandardCharsets.US_ASCII);
    private static final int SALT = 32;
    private static final int HEAD = MAGIC.length + 8 + SALT + CIPHER.nonceLength();

    static SecretsEnvelope seal(
            byte[] plain,
            SecretBytes passphrase,
            KdfParameters parameters,
            KeyDerivation derivation,
            AeadSuite suite,
            SecureRandom random) {
        byte[] salt = new byte[SALT];
        byte[] nonce = new byte[CIPHER.nonceLength()];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        try (SecretBytes key = derivation.derive(passphrase.expose(), salt, parameters, AeadId.KEY_LENGTH)) {
            byte[] sealed = suite.seal(key.expose(), nonce, head(parameters, salt, nonce), plain);
            return new SecretsEnvelope(parameters, salt, nonce, sealed);
        }
    }

    /**
     * @return the caller wipes it
     * @throws AuthenticationFailedException if the passphrase is wrong, or the file was changed
     */
    byte[] open(SecretBytes passphrase, KeyDerivation derivation, AeadSuite suite)
            throws AuthenticationFailedException {
        try (SecretBytes key = derivation.derive(passphrase.expose(), salt, parameters, AeadId.KEY_LENGTH)) {
            return suite.open(key.expose(), nonce, head(parameters, salt, nonce), sealed);
        }
    }

    byte[] encode() {
        return ByteBuffer.allocate(HEAD + sealed.length)
                .put(head(parameters, salt, nonce))
                .put(sealed)
                .array();
    }

    /**
     * @throws KdfLimitsException if its derivation is outside the limits (PROTOCOL 2.1)
     * @throws IllegalArgumentException if it is not such a file, or has a later format
     */
    static SecretsEnvelope decode(byte[] encoded) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(encoded);
            byte[] magic = new byte[MAGIC.length];
            buffer.get(magic);
            KdfId id = KdfId.ofProtocol(buffer.get()).orElseThrow(IllegalArgumentException::new);
            KdfParameters parameters = KdfLimits.parameters(
                    id, Byte.toUnsignedInt(buffer.get()), buffer.getInt(), Byte.toUnsignedInt(buffer.get()));
            if (!Arrays.equals(magic, MAGIC) || !id.equals(DERIVATION) || buffer.get() != CIPHER.code()) {
                throw new IllegalArgumentException("not a secrets file of format 1");
            }
            byte[] salt = new byte[SALT];
            byte[] nonce = new byte[CIPHER.nonceLength()];
            buffer.get(salt).get(nonce);
            byte[] sealed = new byte[buffer.remaining()];
            buffer.get(sealed);
            return new SecretsEnvelope(parameters, salt, nonce, sealed);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("not a secrets file: too short", e);
        }
    }

    private static byte[] head(KdfParameters parameters, byte[] salt, byte[] nonce) {
        return ByteBuffer.allocate(HEAD)
                .put(MAGIC)
                .put((byte) parameters.id().code())
                .put((byte) parameters.timeCost())
                .putInt(parameters.memory())
                .put((byte) parameters.parallelism())
                .put((byte) CIPHER.code())
                .put(salt)
                .put(nonce)
                .array();
    }
}
