package org.partyline.api.crypto;

import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.SecretBytes;

/**
 * Derives a key from a password or another secret, at a configurable cost. A service: bundles may start and stop at any
 * time.
 *
 * <p>Implementations are thread-safe and keep nothing between calls.
 */
@ConsumerType
public interface KeyDerivation {
    /** Identifies the derivation: always the same value, which no other bundle claims. */
    KdfId id();

    /** The default parameters, within its limits. A derivation outside the protocol's table must define them. */
    default KdfParameters defaults() {
        return KdfParameters.defaults(id());
    }

    /**
     * Checks parameters from an untrusted source: weak ones would let the passphrase be searched offline from one
     * packet, strong ones would stop this server. A derivation outside the protocol's table must define its limits.
     *
     * @param parameters of this derivation's id
     * @throws KdfLimitsException if they are outside the limits; says which one is, and what is valid
     */
    default void requireLimits(KdfParameters parameters) {
        if (!KdfId.PROTOCOL.contains(parameters.id())) {
            throw new KdfLimitsException(
                    "key derivation " + parameters.id() + ": its bundle does not state its limits");
        }
        KdfLimits.require(parameters);
    }

    /**
     * Checks that a derivation would fit into the memory that this process can spare now. A derivation that fills
     * memory asks {@link KdfMemory} here and when it derives.
     *
     * @throws KdfMemoryException if it would not
     */
    default void requireMemory(KdfParameters parameters) {
        // A derivation that fills no memory always fits.
    }

    /**
     * @param secret a password in UTF-8 or a key; the caller wipes it
     * @param salt 8 to 64 bytes
     * @param parameters of this derivation's id
     * @param length the number of bytes, 16 to 64
     * @return the key; the caller wipes it
     * @throws KdfMemoryException if the derivation needs more memory than this process can spare ({@link KdfMemory})
     * @throws IllegalArgumentException if the parameters belong to another derivation, or if a length is out of range
     */
    SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length);
}
