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

    /** @param ids the ids of recently sealed messages */
    public MessageCutter(Fragmenter fragmenter, SecureRandom random, FragmentIds ids) {
        this.fragmenter = fragmenter;
        this.random = random;
        this.ids = ids;
    }

    /** The contents and sizes of a message's packets. */
    public List<PlannedPacket> plan(SizeRange room, Draft draft, PacketLabel label) throws PayloadTooLargeException {
        return fragmenter.plan(draft, label, room.most(), random).stream()
                .map(packet ->
                        packet.bucket() < room.least() ? new PlannedPacket(packet.content(), room.least()) : packet)
                .toList();
    }

    /** As {@link #plan}, for a message that is sealed now: its message id differs from those of our other messages. */
    public List<PlannedPacket> planToSeal(SizeRange room, Draft draft, PacketLabel label)
            throws PayloadTooLargeException {
        return ids.fresh(() -> plan(room, draft, label));
    }

    /**
     * The longest body that a control packet on a chain can have, in bytes.
     *
     * @param size the packet's size
     * @return 0: it has room for none
     */
    public int longestControl(int size) {
        int length = size;
        while (length > 0 && !fitsOne(new SizeRange(size, size), control(length), PacketLabel.RATCHET)) {
            length--;
        }
        return length;
    }

    /**
     * The size of a control packet on a chain.
     *
     * @param length the length of its body, which fits one packet
     */
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

    /** Whether the message fits one packet. */
    public boolean fitsOne(SizeRange room, Draft draft, PacketLabel label) {
        return fragmenter.fitsOne(draft, label, room.most());
    }
}
