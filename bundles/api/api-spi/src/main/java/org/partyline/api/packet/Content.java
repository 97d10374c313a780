package org.partyline.api.packet;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The content of an opened packet (PROTOCOL 2.3).
 *
 * @param type its type; never LEGACY
 * @param burn show it once, then erase it
 * @param timestamp seconds since 1970, an unsigned 32-bit number
 * @param ttlMinutes time to live in minutes, 1 to 65,535; empty: the receiver's own limit
 * @param senderId 8 bytes; empty if the packet does not name its sender
 * @param newChain present in a packet that starts a chain
 * @param fragment present in, and only in, a FRAGMENT
 * @param signature 64 bytes of Ed25519; empty if the message is deniable
 * @param body the rest
 */
public record Content(
        PacketType type,
        boolean burn,
        long timestamp,
        OptionalInt ttlMinutes,
        Optional<byte[]> senderId,
        Optional<NewChain> newChain,
        Optional<FragmentHeader> fragment,
        Optional<byte[]> signature,
        byte[] body) {
    /** Sender id length in bytes. */
    public static final int SENDER_ID_LENGTH = 8;
    /** Signature length in bytes. */
    public static final int SIGNATURE_LENGTH = 64;
    /** Longest time to live that can be encoded, in minutes. */
    public static final int MAX_TTL_MINUTES = 0xffff;

    public Content {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(body, "body");
        if (type == PacketType.OPENER || type == PacketType.LEGACY) {
            throw new IllegalArgumentException(type + " exists in the JSON view only");
        }
        if (timestamp < 0 || timestamp > 0xffffffffL) {
            throw new IllegalArgumentException("a timestamp must be 0 to 4294967295 seconds, not " + timestamp);
        }
        if (ttlMinutes.isPresent() && (ttlMinutes.getAsInt() < 1 || ttlMinutes.getAsInt() > MAX_TTL_MINUTES)) {
            throw new IllegalArgumentException(
                    "a time to live must be 1 to 65535 minutes, not " + ttlMinutes.getAsInt());
        }
        senderId.ifPresent(id -> exact("a sender id", id, SENDER_ID_LENGTH));
        signature.ifPresent(s -> exact("a signature", s, SIGNATURE_LENGTH));
        if (fragment.isPresent() != (type == PacketType.FRAGMENT)) {
            throw new IllegalArgumentException("only a FRAGMENT, and every FRAGMENT, has a fragment header");
        }
    }

    /** A packet of this type and body, without optional fields. */
    public static Content of(PacketType type, Instant timestamp, byte[] body) {
        return new Content(
                type,
                false,
                timestamp.getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                body);
    }

    /** The same with a signature. @param newSignature 64 bytes */
    public Content withSignature(byte[] newSignature) {
        return new Content(
                type, burn, timestamp, ttlMinutes, senderId, newChain, fragment, Optional.of(newSignature), body);
    }

    private static void exact(String what, byte[] bytes, int length) {
        if (bytes.length != length) {
            throw new IllegalArgumentException(what + " has " + length + " bytes, not " + bytes.length);
        }
    }

    /** Does not show the body. */
    @Override
    public String toString() {
        return "Content[" + type + ", " + body.length + " bytes]";
    }
}
