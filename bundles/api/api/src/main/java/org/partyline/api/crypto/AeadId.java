package org.partyline.api.crypto;

import java.util.Arrays;
import java.util.Optional;

/** The authenticated ciphers, with their ids on the wire (PROTOCOL 2.1). Keys have 32 bytes, tags 16. */
public enum AeadId {
    /** Preferred. */
    XCHACHA20_POLY1305(1, 24),
    /** Default where XChaCha20-Poly1305 is absent. */
    AES_256_GCM(2, 12),
    /** Legacy: opens version-1 messages, never seals. */
    AES_256_EAX(3, 16),
    /** Alternative. */
    CHACHA20_POLY1305(4, 12);

    /** Key length of every suite, in bytes. */
    public static final int KEY_LENGTH = 32;
    /** Tag length of every suite, in bytes. */
    public static final int TAG_LENGTH = 16;

    private final int code;
    private final int nonceLength;

    AeadId(int code, int nonceLength) {
        this.code = code;
        this.nonceLength = nonceLength;
    }

    /** The suite's id, 1 to 4. */
    public int code() {
        return code;
    }

    /** Nonce length in bytes. */
    public int nonceLength() {
        return nonceLength;
    }

    /** Whether the suite may seal version-2 packets. */
    public boolean seals() {
        return this != AES_256_EAX;
    }

    /** @param code a suite id; empty when no suite has it */
    public static Optional<AeadId> ofCode(int code) {
        return Arrays.stream(values()).filter(a -> a.code == code).findFirst();
    }
}
