package org.partyline.messages;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Price;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.kernel.AfterCommit;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.ChosenNetwork;
import org.partyline.messaging.kernel.Notices;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sealing.Opening;
import org.partyline.messaging.sealing.Outlook;

/** Takes what somebody writes. */
final class MessageWriter {
    private final StateGuard guard;
    private final Clock clock;
    private final OperatorSettings settings;
    private final Notices notices;
    private final NewMessages made;
    private final Outlooks outlooks;
    private final Prospects prospects;

    MessageWriter(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            Notices notices,
            NewMessages made,
            Outlooks outlooks,
            Prospects prospects) {
        this.guard = guard;
        this.clock = clock;
        this.settings = settings;
        this.notices = notices;
        this.made = made;
        this.outlooks = outlooks;
        this.prospects = prospects;
    }

    /** Stores a message, and says what will become of it. */
    Receipt send(Send request) throws PartylineException {
        if (request.text().isEmpty()) {
            throw new NoSuchThingException("the message is empty: write something");
        }
        made.requireCarrier(request);
        int ttlMinutes = request.ttl().isPresent() ? minutes(request.ttl().get()) : 0;
        made.requireNode(request);
        Sent sent = guard.<Sent, PartylineException>open(memory -> store(memory, request, ttlMinutes));
        Prospects.Prospect prospect;
        Optional<Long> opening;
        try {
            // Before anybody looks at it: what has boarded a rolling transaction is in its price.
            opening = sent.first().flatMap(first -> prospects.of(first).fee());
            prospect = prospects.of(sent.stored());
        } finally {
            notices.bus().publish(new Bus.Queued());
        }
        return new Receipt(
                sent.id(),
                sent.stored().outlook().packets(),
                sent.stored().outlook().bytes(),
                prospect.fee(),
                opening,
                clock.instant(),
                prospect.waits().isEmpty() ? sent.waits() : prospect.waits(),
                settings.get().sending().jitter(sent.stored().network()));
    }

    /** What it would cost now. Stores nothing. */
    Price price(Send request) throws PartylineException {
        if (request.text().isEmpty()) {
            throw new NoSuchThingException("the message is empty: write something");
        }
        made.requireCarrier(request);
        int ttlMinutes = request.ttl().isPresent() ? minutes(request.ttl().get()) : 0;
        Prospects.Stored imagined = guard.<Prospects.Stored, PartylineException>open(memory -> {
            Conversation conversation = conversation(memory, request);
            Draft draft = made.draft(memory, conversation, request, ttlMinutes, made.answers(conversation, request));
            String carrier = made.carrier(conversation, request);
            Outlook outlook =
                    outlooks.outlook(memory, conversation, draft, outlooks.room(conversation, request), carrier);
            return new Prospects.Stored(0, conversation, outlook, request.via(), carrier, outlook.opens());
        });
        return new Price(imagined.outlook().packets(), imagined.outlook().bytes(), prospects.price(imagined));
    }

    private Conversation conversation(Unlocked memory, Send request) throws PartylineException {
        return guard.<Conversation, PartylineException>transact(tx -> {
            PersonaRecord persona = PersonaRecord.named(tx, request.persona());
            return request.direct()
                    ? memory.conversations.contact(persona, request.to())
                    : memory.conversations.member(persona, request.to());
        });
    }

    /** @param first what the conversation is opened with, for this message */
    private record Sent(long id, Prospects.Stored stored, Optional<Prospects.Stored> first, String waits) {}

    private Sent store(Unlocked memory, Send request, int ttlMinutes) throws PartylineException {
        Conversation conversation = conversation(memory, request);
        ChosenNetwork.requireAccepted(settings, conversation.network());
        made.checkCover(memory, conversation, request);
        Optional<Locator> answers = made.answers(conversation, request);
        Draft draft = made.draft(memory, conversation, request, ttlMinutes, answers);
        // Told before anything is stored: a message that is too long is the sender's to cut.
        Outlook outlook = outlooks.outlook(
                memory, conversation, draft, outlooks.room(conversation, request), made.carrier(conversation, request));
        made.checkLife(conversation, ttlMinutes, outlook.packets());
        try (AfterCommit after = new AfterCommit()) {
            record Queued(OutgoingMessage outgoing, Opening opening) {}
            Queued queued = guard.<Queued, PartylineException>transact(tx -> {
                Opening opening = outlooks.open(tx, memory, after, conversation);
                return new Queued(made.enqueue(tx, conversation, request, ttlMinutes, answers), opening);
            });
            after.commit();
            OutgoingRecords.tell(notices.events(), memory, queued.outgoing());
            Optional<Opening.First> first = queued.opening().first();
            return new Sent(
                    queued.outgoing().id(),
                    new Prospects.Stored(
                            queued.outgoing().id(),
                            conversation,
                            outlook,
                            request.via(),
                            queued.outgoing().carrier(),
                            outlook.opens()),
                    first.isPresent() ? Optional.of(stored(conversation, first.get())) : Optional.empty(),
                    queued.opening().waits());
        }
    }

    static Prospects.Stored stored(Conversation conversation, Opening.First first) throws PartylineException {
        return new Prospects.Stored(
                first.outgoing().id(),
                conversation,
                first.outlook().get(),
                Optional.empty(),
                first.outgoing().carrier(),
                false);
    }

    private static int minutes(Duration ttl) throws NoSuchThingException {
        long minutes = (ttl.toSeconds() + 59) / 60;
        if (ttl.isNegative() || minutes < 1 || minutes > Content.MAX_TTL_MINUTES) {
            throw new NoSuchThingException("a time to live is 1 minute to 45 days: write it like 15m or 7d");
        }
        return (int) minutes;
    }
}
