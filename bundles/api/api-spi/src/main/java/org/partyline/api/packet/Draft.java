package org.partyline.api.packet;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A message before it is split into packets.
 *
 * @param type TEXT, CONTROL, HANDSHAKE_INIT …; never FRAGMENT
 * @param burn show it once, then erase it
 * @param timestamp Unix seconds, the same in each fragment
 * @param ttlMinutes time to live, 1 to 65,535 minutes
 * @param senderId 8 bytes, in each fragment
 * @param newChain only a one-packet message can start a chain
 * @param body the text
 * @param signed whether each packet has room for a signature, which is filled in once its locator is known
 */
public record Draft(
        PacketType type,
        boolean burn,
        long timestamp,
        OptionalInt ttlMinutes,
        Optional<byte[]> senderId,
        Optional<NewChain> newChain,
        byte[] body,
        boolean signed) {
    /** Unsigned. */
    public Draft(
            PacketType type,
            boolean burn,
            long timestamp,
            OptionalInt ttlMinutes,
            Optional<byte[]> senderId,
            Optional<NewChain> newChain,
            byte[] body) {
        this(type, burn, timestamp, ttlMinutes, senderId, newChain, body, false);
    }

    public Draft {
        Objects.requireNonNull(body, "body");
        if (type == PacketType.FRAGMENT || type == PacketType.OPENER || type == PacketType.LEGACY) {
            throw new IllegalArgumentException("a draft must be a whole message, not " + type);
        }
    }

    /** Does not show the body. */
    @Override
    public String toString() {
        return "Draft[" + type + ", " + body.length + " bytes]";
    }
}
