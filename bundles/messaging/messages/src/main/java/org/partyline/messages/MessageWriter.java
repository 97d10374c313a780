package org.partyline.messages;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Alongside;
import org.partyline.api.engine.Messages.Price;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.mailbox.ConversationMarks;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.sealing.SessionOpening;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.ChosenNetwork;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Accepts messages to send. */
final class MessageWriter {
    private static final String ROLLING_MISSES =
            "readers who are offline miss messages sent by the rolling carrier, because each transaction "
                    + "replaces the previous one. Send important messages with --carrier confirm";

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final OperatorSettings settings;
    private final Notices notices;
    private final NewMessages made;
    private final SendPlanner outlooks;
    private final SendEstimate prospects;

    MessageWriter(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            Notices notices,
            NewMessages made,
            SendPlanner outlooks,
            SendEstimate prospects) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.settings = settings;
        this.notices = notices;
        this.made = made;
        this.outlooks = outlooks;
        this.prospects = prospects;
    }

    /** Stores a message, and reports what will happen to it. */
    Receipt send(Send request) throws PartylineException {
        return send(request, (tx, receipt) -> {});
    }

    /** Stores a message and, in the same transaction, data that its sender needs to store with it. */
    Receipt send(Send request, Alongside alongside) throws PartylineException {
        return send(request, Optional.empty(), alongside);
    }

    /** Sends again the messages to a contact that may not have been read. */
    List<Receipt> sendAgain(Optional<String> persona, String contact) throws PartylineException {
        record Doubtful(MessageRecord message, int ttlMinutes) {}
        List<Doubtful> doubtful = guard.<List<Doubtful>, PartylineException>open(() ->
                guard.<List<Doubtful>, PartylineException>transact(tx -> {
                    ContactConversation to = people.conversations.contact(PersonaRecord.named(tx, persona), contact);
                    List<Doubtful> all = new ArrayList<>();
                    for (MessageRecord message :
                            Tables.read(tx.list(MessageRecord.TABLE, Keys.of(to.id())), MessageRecord.class)) {
                        if (message.doubt() == MessageRecord.MAY_BE_UNREAD) {
                            Optional<OutgoingMessage> way = OutgoingRecords.find(tx, message.id());
                            all.add(new Doubtful(
                                    message,
                                    way.map(OutgoingMessage::ttlMinutes).orElse(0)));
                        }
                    }
                    return all;
                }));
        if (doubtful.isEmpty()) {
            throw new NoSuchThingException("no message to '" + contact + "' is marked as possibly unread");
        }
        List<Receipt> receipts = new ArrayList<>();
        for (Doubtful one : doubtful) {
            MessageRecord message = one.message();
            Send request = new Send(
                    persona,
                    true,
                    contact,
                    message.text(),
                    one.ttlMinutes() == 0 ? Optional.empty() : Optional.of(Duration.ofMinutes(one.ttlMinutes())),
                    message.burn(),
                    message.signer() == SignerId.SELF,
                    Optional.empty());
            String answered = message.annotations().reply();
            Optional<Locator> answers = answered.isEmpty() ? Optional.empty() : Optional.of(new Locator(answered));
            receipts.add(send(request, Optional.of(new Again(message.id(), answers)), (tx, receipt) -> {}));
        }
        return receipts;
    }

    /**
     * A message that is sent again.
     *
     * @param answers the message that it answers, as its readers know it; empty if none
     */
    private record Again(long id, Optional<Locator> answers) {}

    private Optional<Locator> answers(Conversation conversation, Send request, Optional<Again> again)
            throws PartylineException {
        return again.isPresent() ? again.get().answers() : made.answers(conversation, request);
    }

    /** @param again present for a message that replaces one that may not have been read */
    private Receipt send(Send request, Optional<Again> again, Alongside alongside) throws PartylineException {
        NewMessages.requireText(request.text());
        made.requireCarrier(request);
        int ttlMinutes = request.ttl().isPresent() ? minutes(request.ttl().get()) : 0;
        made.requireNode(request);
        record Imagined(SendEstimate.Stored message, Optional<SendPlan> opening) {}
        Imagined all = guard.<Imagined, PartylineException>look(() -> {
            Conversation conversation = conversation(request);
            ChosenNetwork.requireAccepted(settings, conversation.network());
            made.checkCover(conversation, request);
            SendEstimate.Stored planned =
                    imagine(conversation, request, ttlMinutes, answers(conversation, request, again));
            made.checkLife(conversation, ttlMinutes, planned.outlook().packets());
            return new Imagined(planned, outlooks.opening(conversation));
        });
        SendEstimate.Stored imagined = all.message();
        // Before the message is stored: afterwards, the sender may already have begun to send it, and the estimate
        // would differ.
        Receipt planned = prospects.receipt(
                imagined, clock.instant(), settings.get().sending().jitter(imagined.network()));
        Optional<Long> opening =
                all.opening().flatMap(plan -> prospects.quote(SendEstimate.opening(imagined.conversation(), plan)));
        Queued queued = guard.<Queued, PartylineException>open(() ->
                store(imagined.conversation(), request, ttlMinutes, again, (tx, stored) -> {
                    SendEstimate.approve(tx, stored.outgoing().id(), planned);
                    alongside.store(tx, receipt(planned, stored, opening));
                }));
        notices.bus().publish(new Bus.Queued());
        return receipt(planned, queued, opening);
    }

    private static Receipt receipt(Receipt planned, Queued queued, Optional<Long> opening) {
        return new Receipt(
                queued.outgoing().id(),
                planned.packets(),
                planned.bytes(),
                planned.estimatedFee(),
                queued.opening().begun() ? opening : Optional.empty(),
                planned.leaves(),
                planned.waits().isEmpty() ? queued.opening().waits() : planned.waits(),
                planned.jitter(),
                planned.margin(),
                Stream.concat(queued.warnings().stream(), planned.warnings().stream())
                        .toList());
    }

    /** Returns the cost at present. Stores nothing. */
    Price price(Send request) throws PartylineException {
        NewMessages.requireText(request.text());
        made.requireCarrier(request);
        int ttlMinutes = request.ttl().isPresent() ? minutes(request.ttl().get()) : 0;
        SendEstimate.Stored imagined = guard.<SendEstimate.Stored, PartylineException>open(() -> {
            Conversation conversation = conversation(request);
            return imagine(conversation, request, ttlMinutes, made.answers(conversation, request));
        });
        Optional<Carrier.Price> price = prospects.price(imagined);
        Optional<Long> fee = price.map(Carrier.Price::fee);
        List<String> warnings = guard.transact(tx -> warnings(tx, imagined.conversation(), imagined.carrier()));
        return new Price(
                imagined.outlook().packets(),
                imagined.outlook().bytes(),
                fee,
                prospects.margin(imagined, price),
                Stream.concat(warnings.stream(), prospects.of(imagined, price).note().stream())
                        .toList());
    }

    /**
     * Returns the maximum cost of packets to a contact at present; empty if no node reports fee rates. @param sizes in
     * bytes
     */
    Optional<Long> price(Optional<String> persona, String contact, List<Integer> sizes) throws PartylineException {
        Conversation conversation =
                guard.<Conversation, PartylineException>open(() -> guard.<Conversation, PartylineException>transact(
                        tx -> people.conversations.contact(PersonaRecord.named(tx, persona), contact)));
        String carrier = made.usualCarrier(conversation);
        return prospects.quote(new SendEstimate.Stored(
                SendEstimate.LAST, conversation, new SendPlan(sizes, false), Optional.empty(), carrier, false));
    }

    /** Returns a message as it would be stored. */
    private SendEstimate.Stored imagine(
            Conversation conversation, Send request, int ttlMinutes, Optional<Locator> answers)
            throws PartylineException {
        Draft draft = made.draft(conversation, request, ttlMinutes, answers);
        // Checked before anything is stored: the sender has to shorten a message that is too long.
        String carrier = made.carrier(conversation, request);
        SendPlan outlook = outlooks.outlook(conversation, draft, outlooks.room(conversation, request), carrier);
        return new SendEstimate.Stored(
                SendEstimate.LAST, conversation, outlook, request.via(), carrier, outlook.opens());
    }

    /** Returns warnings that the sender should see before a conversation's first message by a carrier. */
    private static List<String> warnings(StoreTransaction tx, Conversation conversation, String carrier)
            throws StoreException {
        return carrier.equals(Messages.Carrier.ROLLING.id())
                        && !ConversationMarks.of(tx, conversation.id()).knowsRolling()
                ? List.of(ROLLING_MISSES)
                : List.of();
    }

    private Conversation conversation(Send request) throws PartylineException {
        return guard.<Conversation, PartylineException>transact(tx -> {
            PersonaRecord persona = PersonaRecord.named(tx, request.persona());
            return request.direct()
                    ? people.conversations.contact(persona, request.to())
                    : people.conversations.member(persona, request.to());
        });
    }

    /** A message in the outbox, and the packets that open its conversation. */
    private record Queued(OutgoingMessage outgoing, SessionOpening opening, List<String> warnings) {}

    /** Data that is stored in the transaction of a message. */
    @FunctionalInterface
    private interface Beside {
        void store(StoreTransaction tx, Queued queued) throws PartylineException;
    }

    private Queued store(Conversation planned, Send request, int ttlMinutes, Optional<Again> again, Beside beside)
            throws PartylineException {
        Conversation known = people.conversations.find(planned.id());
        Conversation conversation = known == planned ? planned : conversation(request);
        people.personas.requireWriting(conversation.persona());
        Optional<Locator> answers = answers(conversation, request, again);
        try (AfterCommit after = new AfterCommit()) {
            Queued queued = guard.<Queued, PartylineException>transact(tx -> {
                SessionOpening opening = outlooks.open(tx, after, conversation);
                OutgoingMessage outgoing = made.enqueue(tx, conversation, request, ttlMinutes, answers);
                if (again.isPresent()) {
                    // In the same transaction, so that it is sent once even if the server stops here.
                    Optional<MessageRecord> before = Tables.find(
                            tx, MessageRecord.TABLE, Keys.of(again.get().id()), MessageRecord.class);
                    if (before.isPresent()) {
                        MessageRecords.put(tx, before.get().withDoubt(MessageRecord.SENT_AGAIN));
                    }
                }
                List<String> warnings = warnings(tx, conversation, outgoing.carrier());
                if (!warnings.isEmpty()) {
                    ConversationMarks.of(tx, conversation.id()).knowingRolling().put(tx);
                }
                Queued stored = new Queued(outgoing, opening, warnings);
                beside.store(tx, stored);
                return stored;
            });
            after.commit();
            OutgoingRecords.notify(notices.events(), people, queued.outgoing());
            return queued;
        }
    }

    private static int minutes(Duration ttl) throws NoSuchThingException {
        long minutes = (ttl.toSeconds() + 59) / 60;
        if (ttl.isNegative() || minutes < 1 || minutes > Content.MAX_TTL_MINUTES) {
            throw new NoSuchThingException("a time to live must be 1 minute to 45 days: write it like 15m or 7d");
        }
        return (int) minutes;
    }
}
