package org.partyline.api.crypto;

import java.util.List;
import java.util.Optional;

/**
 * Identifies a password-based key derivation by its code on the wire and its name. The bundle that provides a {@link
 * KeyDerivation} defines it; a user looks a code up among those that are available. Two ids are equal if code and name
 * are.
 *
 * <p>The constants are the table of PROTOCOL 2.1, for the uses that the protocol itself names: the default, version 1,
 * the limits of parameters. There may be others: codes from 128 are for private use, the rest is reserved for the
 * protocol.
 *
 * @param code on the wire, 1 to 255
 * @param name 1 to 32 characters of A to Z, 0 to 9 and _, beginning with a letter
 */
public record KdfId(int code, String name) {
    /** Argon2id version 1.3 (RFC 9106). */
    public static final KdfId ARGON2ID = new KdfId(1, "ARGON2ID");
    /** PBKDF2 with HMAC-SHA256 (RFC 8018); legacy. */
    public static final KdfId PBKDF2_SHA256 = new KdfId(2, "PBKDF2_SHA256");
    /** scrypt (RFC 7914). */
    public static final KdfId SCRYPT = new KdfId(3, "SCRYPT");

    /** The protocol's table, in the order of the codes. */
    public static final List<KdfId> PROTOCOL = List.of(ARGON2ID, PBKDF2_SHA256, SCRYPT);

    /** @throws IllegalArgumentException if the code or the name is out of range */
    public KdfId {
        AlgorithmName.check("key derivation", code, name);
    }

    /** @param code any number; empty if the protocol's table does not contain it */
    public static Optional<KdfId> ofProtocol(int code) {
        // Called for each channel of a list; a stream is slow until it is compiled.
        for (KdfId id : PROTOCOL) {
            if (id.code == code) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }

    /** The name. */
    @Override
    public String toString() {
        return name;
    }
}
