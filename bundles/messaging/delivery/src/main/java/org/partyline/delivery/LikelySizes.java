package org.partyline.delivery;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.PartylineException;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.state.StateGuard;

/** Predicts the sizes of packets of unsealed messages. */
public final class LikelySizes {
    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final MessageCutter cutter;
    private final PacketSizes sizes;

    public LikelySizes(StateGuard guard, Clock clock, MessageCutter cutter, PacketSizes sizes) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.cutter = cutter;
        this.sizes = sizes;
    }

    /** In bytes; none if no node carries any, or the message no longer exists. */
    List<Integer> of(long message) throws PartylineException {
        Optional<OutgoingMessage> found = guard.open(() -> guard.transact(tx -> OutgoingRecords.find(tx, message)));
        if (found.isEmpty()) {
            return List.of();
        }
        OutgoingMessage outgoing = found.get();
        Conversation conversation = guard.conversation(outgoing.membership());
        SizeRange room = sizes.room(conversation, outgoing);
        if (room.most() == 0) {
            return List.of();
        }
        Optional<byte[]> signer = outgoing.sign()
                ? Optional.of(guard.open(() -> people.personas
                        .require(conversation.persona())
                        .keys
                        .identity()
                        .senderId()))
                : Optional.empty();
        Draft draft = new Draft(
                PacketType.TEXT,
                outgoing.burn(),
                clock.instant().getEpochSecond(),
                outgoing.ttlMinutes() == 0 ? OptionalInt.empty() : OptionalInt.of(outgoing.ttlMinutes()),
                signer,
                Optional.empty(),
                new byte[outgoing.textBytes()],
                outgoing.sign());
        return cutter.plan(room, draft, PacketLabel.RATCHET).stream()
                .map(PlannedPacket::bucket)
                .toList();
    }
}
