package org.partyline.messages;

import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.sealing.SessionOpening;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.ReadingServices;

/** Plans how a message would be sent, as far as this is known before it is sealed. */
final class SendPlanner {
    /** Bytes of a packet if the nodes' limits are unknown. */
    private static final int LIKELY_SIZE = 80;

    private final ReadingServices reading;
    private final Live<PacketSizes> sizes;
    private final Live<QueueSealer> sealers;

    SendPlanner(ReadingServices reading, Live<PacketSizes> sizes, Live<QueueSealer> sealers) {
        this.reading = reading;
        this.sizes = sizes;
        this.sealers = sealers;
    }

    /** Unknown while a required bundle is unavailable: the message is stored anyway. */
    SendPlan outlook(Conversation conversation, Draft draft, SizeRange room, String carrier) throws PartylineException {
        if (!reading.isPossible() || !sealers.isHere() || !sizes.isHere()) {
            requireLimit(draft);
            return SendPlan.UNKNOWN;
        }
        return sealers.service().of(conversation).outlook(conversation, draft, room, carrier);
    }

    /** The limit that no setting can raise. */
    private static void requireLimit(Draft draft) throws NoSuchThingException {
        if (draft.body().length > Packets.MAX_MESSAGE) {
            throw new NoSuchThingException("the message has " + draft.body().length + " bytes; the maximum is "
                    + Packets.MAX_MESSAGE + ": shorten it");
        }
    }

    /**
     * Returns how the packets that open a conversation would be sent; empty if none are needed, or while a required
     * bundle is unavailable.
     */
    Optional<SendPlan> opening(Conversation conversation) throws PartylineException {
        return reading.isPossible() && sealers.isHere() && sizes.isHere()
                ? sealers.service().of(conversation).opening(conversation)
                : Optional.empty();
    }

    /**
     * Queues the packets that must leave before a message of this conversation can. Part of the caller's transaction.
     */
    SessionOpening open(StoreTransaction tx, AfterCommit after, Conversation conversation) throws PartylineException {
        return sealers.isHere()
                ? sealers.service().of(conversation).open(tx, after, conversation)
                // The sealer opens the session on demand.
                : SessionOpening.NOTHING;
    }

    /** Returns the allowed packet sizes of a message. */
    SizeRange room(Conversation conversation, Send request) throws PartylineException {
        if (!sizes.isHere()) {
            return new SizeRange(0, LIKELY_SIZE);
        }
        SizeRange room = sizes.service()
                .room(
                        conversation.persona(),
                        conversation.network(),
                        request.sign(),
                        request.via().orElse(""));
        if (request.sign() && room.most() < PacketSizes.SIGNED_BUCKET) {
            throw new NoSuchThingException("a signed message needs packets of " + PacketSizes.SIGNED_BUCKET
                    + " bytes, but "
                    + request.via()
                            .map(node -> "node '" + node + "' carries")
                            .orElse("the nodes of " + conversation.network().label() + " carry")
                    + " less: send it " + (request.via().isPresent() ? "without --via, or " : "") + "without --sign");
        }
        return room.most() == 0 ? new SizeRange(room.least(), LIKELY_SIZE) : room;
    }

    /** Returns the allowed packet sizes of a remark about a message; empty if unknown at present. */
    Optional<SizeRange> remarkRoom(Conversation conversation, boolean sign) throws PartylineException {
        if (!reading.isPossible() || !sealers.isHere() || !sizes.isHere()) {
            return Optional.empty();
        }
        SizeRange room = sizes.service().room(conversation.persona(), conversation.network(), sign, "");
        if (room.most() == 0) {
            return Optional.empty();
        }
        if (sign && room.most() < PacketSizes.SIGNED_BUCKET) {
            throw new NoSuchThingException("a remark about a signed message is signed too, which needs packets of "
                    + PacketSizes.SIGNED_BUCKET + " bytes, but the nodes of "
                    + conversation.network().label() + " carry less");
        }
        return Optional.of(room);
    }
}
