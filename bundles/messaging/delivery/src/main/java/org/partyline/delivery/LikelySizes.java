package org.partyline.delivery;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.PartylineException;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.SizeRange;

/** How large the packets of messages will be that are not sealed yet. */
public final class LikelySizes {
    private final Core core;
    private final PacketSizes sizes;

    public LikelySizes(Core core, PacketSizes sizes) {
        this.core = core;
        this.sizes = sizes;
    }

    /** In bytes; none where no node carries any, or the message is gone. */
    List<Integer> of(long message) throws PartylineException {
        Optional<OutgoingMessage> found =
                core.open(memory -> core.store.transact(tx -> OutgoingRecords.find(tx, message)));
        if (found.isEmpty()) {
            return List.of();
        }
        OutgoingMessage outgoing = found.get();
        Conversation conversation = core.conversation(outgoing.membership());
        SizeRange room = sizes.room(conversation, outgoing);
        if (room.most() == 0) {
            return List.of();
        }
        Optional<byte[]> signer = outgoing.sign()
                ? Optional.of(core.open(memory -> memory.personas
                        .keys(conversation.persona())
                        .keys
                        .identity()
                        .senderId()))
                : Optional.empty();
        Draft draft = new Draft(
                PacketType.TEXT,
                outgoing.burn(),
                core.now().getEpochSecond(),
                outgoing.ttlMinutes() == 0 ? OptionalInt.empty() : OptionalInt.of(outgoing.ttlMinutes()),
                signer,
                Optional.empty(),
                new byte[outgoing.textBytes()],
                outgoing.sign());
        return room.plan(core, draft, PacketLabel.RATCHET).stream()
                .map(PlannedPacket::bucket)
                .toList();
    }
}
