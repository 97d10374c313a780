package org.partyline.messaging.mailbox;

import java.security.SecureRandom;
import java.util.List;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.messaging.kernel.FragmentIds;

/** Cuts messages into packets of the sizes that are allowed. */
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

    /** Whether one packet has room for it. */
    public boolean fitsOne(SizeRange room, Draft draft, PacketLabel label) {
        return fragmenter.fitsOne(draft, label, room.most());
    }
}
