package org.partyline.contacts;

import org.partyline.api.packet.PacketType;

/**
 * What stands for a packet between two benches: nothing of it is sealed.
 *
 * @param inbox the secret of the inbox that it is for; null: it rides on a chain
 * @param chain the chain's id; null: it is for an inbox
 * @param position on the chain
 * @param timestamp in seconds
 * @param payload bytes that nobody can read, with its locator in them
 */
record Packet(PacketType type, byte[] inbox, byte[] chain, int position, long timestamp, byte[] body, byte[] payload) {
    /** The same as someone else seals it anew who has the card, with a time of its choice. */
    Packet sealedAgain(byte[] otherInbox, long time) {
        return new Packet(type, otherInbox, null, position, time, body, payload);
    }
}
