package org.partyline.api.crypto;

import java.util.List;
import java.util.Optional;

/**
 * Identifies an authenticated cipher by its code on the wire and its name, with the length of its nonce. The bundle
 * that provides an {@link AeadSuite} defines it; a user looks a code up among the available suites. All keys have 32
 * bytes and all tags 16. Two ids are equal if all four values are.
 *
 * <p>The constants are the table of PROTOCOL 2.1, for the uses that the protocol itself names: the default, backups,
 * version 1. There may be others: codes from 128 are for private use, the rest is reserved for the protocol.
 *
 * @param code on the wire, 1 to 255
 * @param name 1 to 32 characters of A to Z, 0 to 9 and _, beginning with a letter
 * @param nonceLength in bytes, 8 to 64
 * @param seals whether the suite may seal version-2 packets
 */
public record AeadId(int code, String name, int nonceLength, boolean seals) {
    /** Preferred. */
    public static final AeadId XCHACHA20_POLY1305 = new AeadId(1, "XCHACHA20_POLY1305", 24);
    /** Default if XChaCha20-Poly1305 is not available. */
    public static final AeadId AES_256_GCM = new AeadId(2, "AES_256_GCM", 12);
    /** Legacy: opens version-1 messages, never seals. */
    public static final AeadId AES_256_EAX = new AeadId(3, "AES_256_EAX", 16, false);
    /** Alternative. */
    public static final AeadId CHACHA20_POLY1305 = new AeadId(4, "CHACHA20_POLY1305", 12);

    /** The protocol's table, in the order of the codes. */
    public static final List<AeadId> PROTOCOL =
            List.of(XCHACHA20_POLY1305, AES_256_GCM, AES_256_EAX, CHACHA20_POLY1305);

    /** Key length of every suite, in bytes. */
    public static final int KEY_LENGTH = 32;
    /** Tag length of every suite, in bytes. */
    public static final int TAG_LENGTH = 16;

    private static final int LEAST_NONCE = 8;
    private static final int MOST_NONCE = 64;

    /** @throws IllegalArgumentException if the code, the name or the nonce's length is out of range */
    public AeadId {
        AlgorithmName.check("cipher suite", code, name);
        if (nonceLength < LEAST_NONCE || nonceLength > MOST_NONCE) {
            throw new IllegalArgumentException("cipher suite " + name + ": the nonce must be " + LEAST_NONCE + " to "
                    + MOST_NONCE + " bytes, not " + nonceLength);
        }
    }

    /** A suite that seals. */
    public AeadId(int code, String name, int nonceLength) {
        this(code, name, nonceLength, true);
    }

    /** @param code any number; empty if the protocol's table does not contain it */
    public static Optional<AeadId> ofProtocol(int code) {
        return PROTOCOL.stream().filter(id -> id.code == code).findFirst();
    }

    /** @param text in capitals; the result says whether it is a valid name for a suite or a key derivation */
    public static boolean isName(String text) {
        return AlgorithmName.isName(text);
    }

    /** The name. */
    @Override
    public String toString() {
        return name;
    }
}
