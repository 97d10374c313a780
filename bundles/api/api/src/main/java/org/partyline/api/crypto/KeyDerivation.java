package org.partyline.api.crypto;

import org.partyline.api.SecretBytes;

/**
 * Makes a key of a password or of another secret, at a cost. A service: implementations come and go while messages flow.
 *
 * <p>Implementations are thread-safe and keep nothing between calls.
 */
public interface KeyDerivation {
    /** Which derivation it is. */
    KdfId id();

    /**
     * Checks that a derivation would fit into the memory that this process can spare now.
     *
     * @throws KdfMemoryException when it would not
     */
    default void requireMemory(KdfParameters parameters) {
        // A derivation that fills no memory always fits.
    }

    /**
     * @param secret a password in UTF-8 or a key; still the caller's, to wipe
     * @param salt 8 to 64 bytes
     * @param parameters of this derivation's id
     * @param length bytes to make, 16 to 64
     * @return the key; the caller wipes it
     * @throws KdfMemoryException when the derivation needs more memory than this process can spare ({@link KdfMemory})
     * @throws IllegalArgumentException when the parameters are another derivation's, or when a length is out of range
     */
    SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length);
}
