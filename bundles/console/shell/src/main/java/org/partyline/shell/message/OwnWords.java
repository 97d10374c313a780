package org.partyline.shell.message;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.shell.command.Fingerprints;

/** Reads the text of our own new messages for someone who follows: their events contain no text. */
final class OwnWords {
    /** The kinds of messages with text that someone wrote. */
    private static final Set<String> WORDS = Set.of("message", "reply");

    private final Messages messages;
    private final Instant begin;
    private final Fingerprints said = new Fingerprints();

    /** @param begin earlier messages are ignored */
    OwnWords(Messages messages, Instant begin) {
        this.messages = messages;
        this.begin = begin.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Returns the message of an event; a burn message without its text, as in a list. */
    Optional<Message> of(Outgoing outgoing) {
        if (!WORDS.contains(outgoing.kind()) || outgoing.queued().isBefore(begin)) {
            return Optional.empty();
        }
        try {
            Message message = messages.read(outgoing.id());
            if (!message.outgoing()) {
                return Optional.empty();
            }
            message.text().ifPresent(text -> said.add(message.channel(), message.persona(), text));
            return Optional.of(message.burn() ? withoutWords(message) : message);
        } catch (PartylineException | UnavailableException e) {
            // Cancelled, expired or locked since.
            return Optional.empty();
        }
    }

    /** Returns whether it is a copy that another persona of this server received. */
    boolean isCopy(Message message) {
        return !message.outgoing()
                && !message.direct()
                && message.text().isPresent()
                && !message.persona().equals(message.sender())
                && said.contains(
                        message.channel(), message.sender(), message.text().get());
    }

    private static Message withoutWords(Message message) {
        return new Message(
                message.id(),
                message.persona(),
                message.direct(),
                message.channel(),
                message.outgoing(),
                message.sender(),
                message.legacy(),
                message.burn(),
                Optional.empty(),
                message.sent(),
                message.arrived(),
                message.expires(),
                message.sequence(),
                message.transactions(),
                message.block(),
                message.state(),
                message.notice(),
                message.signedBy(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }
}
