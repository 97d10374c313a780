package org.partyline.api.carrier;

import java.time.Instant;
import java.util.List;
import org.partyline.api.Network;

/**
 * An outgoing message as its carrier sees it: the state of its packets, not their contents.
 *
 * @param persona number of who pays for it, if the carrier's transactions are shared
 * @param opens whether packets behind its first one cannot be read without that
 * @param isSettled whether its way is over: it is in a block, had its time, or was ended
 * @param isEnded whether it was ended without its packets: it expired, failed, or is taken back
 * @param fee satoshi that its signed transactions pay
 * @param expires until when it waits to leave; once it is out, until when it is looked after
 * @param packets none before it is sealed
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
    /** Checks nothing. */
    public CarriedMessage {
        packets = List.copyOf(packets);
    }

    /** Whether nodes have taken all of it, though some may have to go once more. */
    public boolean isOut() {
        return !packets.isEmpty() && packets.stream().allMatch(CarriedPacket::isOut);
    }

    /** Whether its way is over, and some of it is in a block: what had its time did so before that. */
    public boolean isConfirmed() {
        return isSettled && !isEnded && packets.stream().anyMatch(packet -> packet.state() == PacketState.CONFIRMED);
    }

    /** One of its packets. @param index from 0 */
    public PacketRef ref(int index) {
        return new PacketRef(id, index);
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "CarriedMessage";
    }
}
