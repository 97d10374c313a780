package org.partyline.delivery;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.CoverConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Tables;

/** Checks, queues and drops decoys. */
final class Decoys {
    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final Clock clock;
    private final OperatorSettings settings;
    private final CoverOrders orders;
    private final Outbox outbox;
    private final PacketSizes sizes;
    private final SlotSchedule slotSchedule;

    Decoys(
            StateGuard guard,
            Recognition recognition,
            Clock clock,
            OperatorSettings settings,
            CoverOrders orders,
            Outbox outbox,
            PacketSizes sizes,
            SlotSchedule slotSchedule) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.clock = clock;
        this.settings = settings;
        this.orders = orders;
        this.outbox = outbox;
        this.sizes = sizes;
        this.slotSchedule = slotSchedule;
    }

    /** Why a packet is not a valid decoy (PROTOCOL 8): it would be recognisable as one, or as not from this program. */
    Optional<String> refuse(StoreTransaction tx, int persona, Network network, byte[] packet) throws StoreException {
        int most = sizes.maxBucket(network);
        if (!Packets.isCandidate(packet)) {
            return Optional.of("it does not have the form of a packet");
        }
        if (packet.length > most || packet.length < orders.leastSize(tx, persona, most)) {
            return Optional.of("no other packet of its persona has " + packet.length + " bytes");
        }
        if (!people.conversations.networks(persona).contains(network)) {
            return Optional.of("its persona has no channel or contact on " + network.label());
        }
        return isKnown(network, packet) ? Optional.of("it was sent before") : Optional.empty();
    }

    /** Whether a packet was sent before, or is to be sent. */
    boolean isKnown(Network network, byte[] packet) {
        return recognition.packets.sent(PacketId.of(network.code(), packet)) != null;
    }

    /** Stores a decoy that is to be sent now. Part of the caller's transaction. */
    OutgoingMessage queue(StoreTransaction tx, AfterCommit after, int persona, Network network, byte[] packet)
            throws StoreException {
        Instant now = clock.instant();
        OutgoingMessage decoy = new OutgoingMessage(
                Tables.next(tx, "message"),
                CoverConversation.id(persona, network),
                State.SEALED,
                "",
                now.toEpochMilli(),
                now.plus(Outbox.COVERED_LIFE).toEpochMilli(),
                0,
                false,
                0,
                List.of(OutgoingPart.of(packet)),
                PacketType.DECOY.code(),
                null,
                false,
                now.getEpochSecond(),
                settings.get().sending().carrier(),
                false);
        OutgoingRecords.put(tx, decoy);
        PacketIndex.Sent sent = new PacketIndex.Sent(decoy.id(), 0);
        after.then(() -> recognition.packets.addSent(PacketId.of(network.code(), packet), sent));
        return decoy;
    }

    /**
     * Drops a decoy whose time is over: one that never left, and one that nodes lost once there is no cover traffic
     * that it could belong to.
     *
     * @return whether it was one
     */
    boolean drops(OutgoingMessage outgoing) throws StoreException {
        if (outgoing.type() != PacketType.DECOY.code()
                || outgoing.parts().stream().allMatch(part -> part.raw() != null || part.state() != State.SEALED)) {
            return false;
        }
        return guard.open(() -> {
            if (outgoing.isPaid()
                    && slotSchedule.isCovered(
                            CoverConversation.of(outgoing.membership()).persona())) {
                return false;
            }
            giveUp(outgoing);
            return true;
        });
    }

    /** It will not be sent any more. */
    void giveUp(OutgoingMessage decoy) throws StoreException {
        outbox.giveUp(decoy.id(), MessageEvent.EXPIRED, "it could not be sent at its point");
        recognition.packets.removeSent(decoy.id());
    }
}
