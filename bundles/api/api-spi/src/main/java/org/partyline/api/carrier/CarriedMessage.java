package org.partyline.api.carrier;

import java.time.Instant;
import java.util.List;
import org.partyline.api.Network;

/**
 * An outgoing message as seen by its carrier: the state of its packets, but not their contents.
 *
 * @param persona the number of the persona that pays, if the carrier's transactions are shared
 * @param opens whether the packets after the first one cannot be read without it
 * @param isSettled whether it is no longer being sent: it is in a block, its time is over, or it was ended
 * @param isEnded whether it was ended early: it expired, failed, or is being recalled
 * @param fee the fees of its signed transactions, in satoshi
 * @param expires when it is given up if it has not left; otherwise, when its processing ends
 * @param packets empty before it is sealed
 */
public record CarriedMessage(
        long id,
        int persona,
        Network network,
        boolean opens,
        boolean isSettled,
        boolean isEnded,
        long fee,
        Instant expires,
        List<CarriedPacket> packets) {
    /** Accepts all values. */
    public CarriedMessage {
        packets = List.copyOf(packets);
    }

    /** Whether nodes have accepted all of it, although some packets may have to be sent again. */
    public boolean isOut() {
        return !packets.isEmpty() && packets.stream().allMatch(CarriedPacket::isOut);
    }

    /**
     * Whether it is no longer being sent, and some of it is in a block; a message whose time was over has been in a
     * block before.
     */
    public boolean isConfirmed() {
        return isSettled && !isEnded && packets.stream().anyMatch(packet -> packet.state() == PacketState.CONFIRMED);
    }

    /** One of its packets. @param index from 0 */
    public PacketRef ref(int index) {
        return new PacketRef(id, index);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "CarriedMessage";
    }
}
