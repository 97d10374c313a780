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
     * @param secret a password in UTF-8 or a key; still the caller's, to wipe
     * @param salt 8 to 64 bytes
     * @param parameters of this derivation's id
     * @param length bytes to make, 16 to 64
     * @return the key; the caller wipes it
     * @throws IllegalArgumentException when the parameters are another derivation's, when a length is out of range, or when
     *     the derivation needs more memory than the process may have; the message says which
     */
    SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length);
}
