package org.partyline.api.crypto;

import java.util.List;
import java.util.Optional;

/**
 * Identifies a password-based key derivation by its code on the wire and its name. The bundle that provides a
 * {@link KeyDerivation} states it; whoever needs the one of a code asks those that are there. Two are the same when
 * code and name are.
 *
 * <p>The constants are the table of PROTOCOL 2.1, for what the protocol names by itself: the default, version 1, the limits of
 * parameters. There may be others: codes from 128 are free for private use, the rest is the protocol's.
 *
 * @param code on the wire, 1 to 255
 * @param name 1 to 32 of A to Z, 0 to 9 and _, a letter first
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

    /** @throws IllegalArgumentException when the code or the name is out of range */
    public KdfId {
        AlgorithmName.check("key derivation", code, name);
    }

    /** @param code any number; empty when the protocol's table has none with it */
    public static Optional<KdfId> ofProtocol(int code) {
        // Asked of each channel of a list: a stream is slow before it is compiled.
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
