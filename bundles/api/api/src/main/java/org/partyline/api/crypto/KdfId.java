package org.partyline.api.crypto;

import java.util.Arrays;
import java.util.Optional;

/** The password-based key derivations, with their ids on the wire (PROTOCOL 2.1). */
public enum KdfId {
    /** Argon2id version 1.3 (RFC 9106). */
    ARGON2ID(1),
    /** PBKDF2 with HMAC-SHA256 (RFC 8018); legacy. */
    PBKDF2_SHA256(2),
    /** scrypt (RFC 7914). */
    SCRYPT(3);

    private final int code;

    KdfId(int code) {
        this.code = code;
    }

    /** The id, 1 to 3. */
    public int code() {
        return code;
    }

    /** @param code an id; empty when no derivation has it */
    public static Optional<KdfId> ofCode(int code) {
        return Arrays.stream(values()).filter(k -> k.code == code).findFirst();
    }
}
