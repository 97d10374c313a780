package org.partyline.api.packet;

import java.util.Arrays;
import java.util.Optional;

/** The type of a packet (PROTOCOL 2.3). */
public enum PacketType {
    /** First message of a Noise IK handshake. */
    HANDSHAKE_INIT(1),
    /** Second message of a Noise IK handshake. */
    HANDSHAKE_RESP(2),
    /** A new ephemeral key for a session. */
    KEY_UPDATE(3),
    /** A text. */
    TEXT(4),
    /** A part of a longer message. */
    FRAGMENT(5),
    /** No content: to be dropped. */
    DECOY(6),
    /** A control code and its content. */
    CONTROL(7),
    /** Opens a chain and has no other content: a {@link #DECOY} on the wire; exists only in the JSON view. */
    OPENER(98),
    /** A version-1 message; exists only in the JSON view. */
    LEGACY(99);

    private final int code;

    PacketType(int code) {
        this.code = code;
    }

    /** The code, 1 to 7, or 98 or 99. */
    public int code() {
        return code;
    }

    /** @param code three bits from the wire; empty if there is no such type */
    public static Optional<PacketType> ofCode(int code) {
        return Arrays.stream(values())
                .filter(t -> t.code == code && t != OPENER && t != LEGACY)
                .findFirst();
    }
}
