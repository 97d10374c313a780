package org.partyline.api.packet;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A message before it is split into packets.
 *
 * @param type TEXT, CONTROL, HANDSHAKE_INIT …; never FRAGMENT
 * @param burn show once, then erase
 * @param timestamp Unix seconds, the same in each piece
 * @param ttlMinutes time to live, 1 to 65,535 minutes
 * @param senderId 8 bytes, in each piece
 * @param newChain only a message of one packet can start a chain
 * @param body the words
 * @param signed whether each packet has room for a signature, which is put in when its locator is known
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
    /** Not signed. */
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
