package org.partyline.api.crypto;

import java.security.SecureRandom;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.SecretBytes;

/**
 * A post-quantum key encapsulation mechanism: ML-KEM-768 (FIPS 203). A service: bundles may start and stop at any time,
 * and sessions work without one.
 *
 * <p>Implementations are thread-safe and keep no key between calls.
 */
@ConsumerType
public interface Kem {
    /** Length of the seed of a key pair in bytes: d, then z. */
    int SEED_LENGTH = 64;
    /** Length of an encapsulation key in bytes. */
    int KEY_LENGTH = 1184;
    /** Length of a ciphertext in bytes. */
    int CIPHERTEXT_LENGTH = 1088;
    /** Length of the shared secret in bytes. */
    int SECRET_LENGTH = 32;

    /**
     * The encapsulation key of a seed (FIPS 203, algorithm 16).
     *
     * @param seed 64 random bytes; the caller wipes it
     * @return {@link #KEY_LENGTH} bytes
     */
    byte[] encapsulationKey(SecretBytes seed);

    /**
     * Makes a shared secret for the owner of a key (FIPS 203, algorithm 20).
     *
     * @param encapsulationKey as it arrived
     * @throws KemKeyException if the key fails the checks of FIPS 203, section 7.2
     */
    Encapsulated encapsulate(byte[] encapsulationKey, SecureRandom random) throws KemKeyException;

    /**
     * The shared secret of a ciphertext (FIPS 203, algorithm 21). A modified ciphertext results in a different secret,
     * not in an error.
     *
     * @param seed of the key pair; the caller wipes it
     * @param ciphertext {@link #CIPHERTEXT_LENGTH} bytes
     * @return {@link #SECRET_LENGTH} bytes, the caller wipes it
     */
    SecretBytes decapsulate(SecretBytes seed, byte[] ciphertext);

    /**
     * A shared secret and its ciphertext.
     *
     * @param secret {@link #SECRET_LENGTH} bytes, the caller wipes it
     * @param ciphertext {@link #CIPHERTEXT_LENGTH} bytes
     */
    record Encapsulated(SecretBytes secret, byte[] ciphertext) implements AutoCloseable {
        @Override
        public void close() {
            secret.close();
        }
    }
}
