package org.partyline.engine.mailbox;

import java.util.List;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.engine.kernel.Core;

/**
 * The sizes that a packet may have.
 *
 * @param least bytes; more than a short message needs, where all are to be alike
 * @param most bytes; 0: no node carries any
 */
public record SizeRange(int least, int most) {
    /** What the packets of a message say, and their sizes. */
    public List<PlannedPacket> plan(Core core, Draft draft, PacketLabel label) throws PayloadTooLargeException {
        return core.fragmenter.plan(draft, label, most, core.random).stream()
                .map(packet -> packet.bucket() < least ? new PlannedPacket(packet.content(), least) : packet)
                .toList();
    }

    /** As {@link #plan}, of what is sealed now: no other message of ours has its message id. */
    public List<PlannedPacket> planToSeal(Core core, Draft draft, PacketLabel label) throws PayloadTooLargeException {
        return core.fragmentIds.fresh(() -> plan(core, draft, label));
    }

    public boolean fitsOne(Core core, Draft draft, PacketLabel label) {
        return core.fragmenter.fitsOne(draft, label, most);
    }
}
