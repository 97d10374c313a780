package org.partyline.api.crypto;

import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.SecretBytes;

/**
 * Derives a key from a password or another secret, at a configurable cost. A service: implementations come and go while
 * messages flow.
 *
 * <p>Implementations are thread-safe and keep nothing between calls.
 */
@ConsumerType
public interface KeyDerivation {
    /** Which derivation it is: always the same, and one that no other bundle claims. */
    KdfId id();

    /** What it costs where nobody says otherwise, within its limits. One that is not in the protocol's table has to say. */
    default KdfParameters defaults() {
        return KdfParameters.defaults(id());
    }

    /**
     * Checks parameters that came from elsewhere: weak ones would let one packet be searched offline for the passphrase, strong
     * ones would stop this server. One that is not in the protocol's table has to say what it allows.
     *
     * @param parameters of this derivation's id
     * @throws KdfLimitsException when they are outside the limits; says which, and what would be right
     */
    default void requireLimits(KdfParameters parameters) {
        if (!KdfId.PROTOCOL.contains(parameters.id())) {
            throw new KdfLimitsException(
                    "key derivation " + parameters.id() + ": its bundle does not state its limits");
        }
        KdfLimits.require(parameters);
    }

    /**
     * Checks that a derivation would fit into the memory that this process can spare now. One that fills memory asks {@link
     * KdfMemory} here and when it derives.
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
