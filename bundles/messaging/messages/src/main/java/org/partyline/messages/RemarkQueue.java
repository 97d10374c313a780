package org.partyline.messages;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.sealing.SessionOpening;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.ChosenNetwork;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Tables;

/** Queues remarks about messages: sealed, priced and paced like messages. */
final class RemarkQueue {
    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final OperatorSettings settings;
    private final Notices notices;
    private final SendPlanner outlooks;
    private final CoverOrders orders;
    private final SendEstimate prospects;

    RemarkQueue(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            Notices notices,
            SendPlanner outlooks,
            CoverOrders orders,
            SendEstimate prospects) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.settings = settings;
        this.notices = notices;
        this.outlooks = outlooks;
        this.orders = orders;
        this.prospects = prospects;
    }

    /**
     * A remark to send.
     *
     * @param about the message that it is about
     * @param session the only chain on which its readers accept it, in hex; empty for any
     * @param ttlMinutes after which its readers no longer need it; 0 if unknown
     */
    record Remark(MessageRecord about, ControlBody body, boolean sign, String session, int ttlMinutes) {
        /** Does not show the content. */
        @Override
        public String toString() {
            return "Remark";
        }
    }

    /** Builds the content of a remark from the current state. Reads only. */
    @FunctionalInterface
    interface Saying {
        Remark of(StoreTransaction tx) throws PartylineException;
    }

    /** A queued remark, and the packets that open its conversation. */
    private record Queued(long id, SessionOpening opening) {}

    /** A remark as it would be stored, and how the packets that open its conversation would be sent. */
    private record Imagined(SendEstimate.Stored remark, Optional<SendPlan> opening) {}

    /**
     * Stores a remark to be sent, and the caller's data in the same transaction. Once this returns, it cannot be lost.
     */
    Receipt say(Saying saying, Messages.Alongside alongside) throws PartylineException {
        Imagined all = guard.<Imagined, PartylineException>open(() -> imagine(saying));
        SendEstimate.Stored imagined = all.remark();
        // Computed before the remark is stored: from then on the sender may send it.
        Receipt planned = prospects.receipt(
                imagined, clock.instant(), settings.get().sending().jitter(imagined.network()));
        Optional<Long> opening =
                all.opening().flatMap(plan -> prospects.quote(SendEstimate.opening(imagined.conversation(), plan)));
        Queued queued = guard.<Queued, PartylineException>open(() -> queue(saying, alongside, planned, opening));
        notices.bus().publish(new Bus.Queued());
        return receipt(planned, queued, opening);
    }

    private static Receipt receipt(Receipt planned, Queued queued, Optional<Long> opening) {
        return new Receipt(
                queued.id(),
                planned.packets(),
                planned.bytes(),
                planned.estimatedFee(),
                queued.opening().begun() ? opening : Optional.empty(),
                planned.leaves(),
                planned.waits().isEmpty() ? queued.opening().waits() : planned.waits(),
                planned.jitter(),
                planned.margin(),
                planned.warnings());
    }

    /** Returns a remark as it would be stored. */
    private Imagined imagine(Saying saying) throws PartylineException {
        Remark remark = guard.<Remark, PartylineException>transact(saying::of);
        Conversation conversation = guard.conversation(remark.about().membership());
        people.personas.requireWriting(conversation.persona());
        ChosenNetwork.requireAccepted(settings, conversation.network());
        String carrier = guard.transact(tx -> carrier(tx, conversation));
        SendPlan outlook = outlook(conversation, remark, carrier);
        return new Imagined(
                new SendEstimate.Stored(
                        SendEstimate.LAST, conversation, outlook, Optional.empty(), carrier, outlook.opens()),
                outlooks.opening(conversation));
    }

    private Queued queue(Saying saying, Messages.Alongside alongside, Receipt planned, Optional<Long> openingFee)
            throws PartylineException {
        Remark remark = guard.<Remark, PartylineException>transact(saying::of);
        Conversation conversation = guard.conversation(remark.about().membership());
        try (AfterCommit after = new AfterCommit()) {
            Queued queued = guard.<Queued, PartylineException>transact(tx -> {
                SessionOpening opening = outlooks.open(tx, after, conversation);
                OutgoingMessage outgoing = enqueue(tx, conversation, remark);
                Queued stored = new Queued(outgoing.id(), opening);
                SendEstimate.approve(tx, outgoing.id(), planned);
                alongside.store(tx, receipt(planned, stored, openingFee));
                after.then(() -> OutgoingRecords.notify(notices.events(), people, outgoing));
                return stored;
            });
            after.commit();
            return queued;
        }
    }

    private SendPlan outlook(Conversation conversation, Remark remark, String carrier) throws PartylineException {
        Optional<SizeRange> room = outlooks.remarkRoom(conversation, remark.sign());
        if (room.isEmpty()) {
            return SendPlan.UNKNOWN;
        }
        Draft draft = new Draft(
                PacketType.CONTROL,
                false,
                clock.instant().getEpochSecond(),
                remark.ttlMinutes() == 0 ? OptionalInt.empty() : OptionalInt.of(remark.ttlMinutes()),
                remark.sign()
                        ? Optional.of(people.personas
                                .require(conversation.persona())
                                .keys
                                .identity()
                                .senderId())
                        : Optional.empty(),
                Optional.empty(),
                remark.body().encode(),
                remark.sign());
        return outlooks.outlook(conversation, draft, room.get(), carrier);
    }

    private OutgoingMessage enqueue(StoreTransaction tx, Conversation conversation, Remark remark)
            throws StoreException {
        Instant now = clock.instant();
        // Of no use to anyone once the message has expired.
        Instant expires = Instant.ofEpochMilli(Math.min(
                remark.about().expires(),
                now.plus(settings.get().sending().within()).toEpochMilli()));
        byte[] body = remark.body().encode();
        OutgoingMessage queued = new OutgoingMessage(
                Tables.next(tx, "message"),
                conversation.id(),
                State.QUEUED,
                "",
                now.toEpochMilli(),
                expires.toEpochMilli(),
                remark.ttlMinutes(),
                false,
                body.length,
                List.of(),
                PacketType.CONTROL.code(),
                body,
                remark.sign(),
                0,
                carrier(tx, conversation),
                false);
        OutgoingRecords.put(tx, queued);
        // A request to erase is kept until its end was reported; the contents of others are not.
        byte unsent = queued.control() == ControlCodes.FORGET ? 0 : queued.control();
        new RemarkRecord(
                        queued.id(),
                        conversation.id(),
                        remark.about().id(),
                        remark.session(),
                        unsent,
                        now.toEpochMilli())
                .put(tx, Instant.ofEpochMilli(remark.about().expires()));
        return queued;
    }

    private String carrier(StoreTransaction tx, Conversation conversation) throws StoreException {
        if (conversation.paysApart()) {
            return Carriers.DEFAULT;
        }
        String usual = settings.get().sending().carrier();
        return orders.isOn(tx, conversation.persona())
                ? usual
                : conversation.itsCarrier().map(Object::toString).orElse(usual);
    }
}
