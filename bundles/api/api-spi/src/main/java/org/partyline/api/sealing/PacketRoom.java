package org.partyline.api.sealing;

import org.partyline.api.packet.Packets;

/**
 * The packets that a message may have.
 *
 * @param least bytes of each
 * @param most bytes of each: what nodes carry
 * @param disguised whether cover traffic is on: each has to look like a packet of PROTOCOL 2, {@link Packets#isCandidate}, among decoys that do
 */
public record PacketRoom(int least, int most, boolean disguised) {
    /** Most packets of one message. */
    public static final int MAX_PACKETS = Packets.MAX_FRAGMENTS;

    /** Whether a packet may be sent. */
    public boolean holds(byte[] packet) {
        return packet.length >= least && packet.length <= most && (!disguised || Packets.isCandidate(packet));
    }
}
