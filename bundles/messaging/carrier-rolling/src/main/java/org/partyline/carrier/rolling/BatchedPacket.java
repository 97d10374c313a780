package org.partyline.carrier.rolling;

import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.SharedTransaction.Cargo;

/** A packet in a version of a roll. @param opener whether the packets after it cannot be read without it */
record BatchedPacket(long message, int part, byte[] packet, boolean opener) {
    PacketRef ref() {
        return new PacketRef(message, part);
    }

    Cargo cargo() {
        return new Cargo(ref(), packet);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "BatchedPacket";
    }
}
