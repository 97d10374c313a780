package org.partyline.contacts;

import org.partyline.api.packet.PacketType;

/**
 * A packet between two benches: nothing in it is sealed.
 *
 * @param inbox the secret of its inbox; null: it is on a chain
 * @param chain the chain's id; null: it is for an inbox
 * @param position its position on the chain
 * @param timestamp in seconds
 * @param payload random bytes that include its locator
 */
record Packet(PacketType type, byte[] inbox, byte[] chain, int position, long timestamp, byte[] body, byte[] payload) {
    /** The same, sealed again by someone else who has the card, with a chosen time. */
    Packet sealedAgain(byte[] otherInbox, long time) {
        return new Packet(type, otherInbox, null, position, time, body, payload);
    }
}
