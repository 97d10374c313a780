package org.partyline.messaging.mailbox;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.messaging.state.FragmentIds;

/** Splits messages into packets of the allowed sizes. */
public final class MessageCutter {
    private final Fragmenter fragmenter;
    private final SecureRandom random;
    private final FragmentIds ids;

    /** @param ids of the messages that were sealed lately */
    public MessageCutter(Fragmenter fragmenter, SecureRandom random, FragmentIds ids) {
        this.fragmenter = fragmenter;
        this.random = random;
        this.ids = ids;
    }

    /** What the packets of a message say, and their sizes. */
    public List<PlannedPacket> plan(SizeRange room, Draft draft, PacketLabel label) throws PayloadTooLargeException {
        return fragmenter.plan(draft, label, room.most(), random).stream()
                .map(packet ->
                        packet.bucket() < room.least() ? new PlannedPacket(packet.content(), room.least()) : packet)
                .toList();
    }

    /** As {@link #plan}, of what is sealed now: no other message of ours has its message id. */
    public List<PlannedPacket> planToSeal(SizeRange room, Draft draft, PacketLabel label)
            throws PayloadTooLargeException {
        return ids.fresh(() -> plan(room, draft, label));
    }

    /** The longest body that a control packet on a chain can have, in bytes. @param size of the packet; @return 0: it has room for none */
    public int longestControl(int size) {
        int length = size;
        while (length > 0 && !fitsOne(new SizeRange(size, size), control(length), PacketLabel.RATCHET)) {
            length--;
        }
        return length;
    }

    /** The size of the packet that a control packet on a chain takes. @param length of its body, which fits one packet */
    public int controlSize(SizeRange room, int length) throws PayloadTooLargeException {
        return plan(room, control(length), PacketLabel.RATCHET).get(0).bucket();
    }

    private static Draft control(int length) {
        return new Draft(
                PacketType.CONTROL,
                false,
                0,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                new byte[length],
                false);
    }

    /** Whether one packet has room for it. */
    public boolean fitsOne(SizeRange room, Draft draft, PacketLabel label) {
        return fragmenter.fitsOne(draft, label, room.most());
    }
}
