package org.partyline.chat.live;

import java.util.List;
import java.util.Optional;
import org.partyline.api.engine.Messages;
import org.partyline.chat.model.DeliveryState;
import org.partyline.chat.model.Extras;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.Proof;
import org.partyline.chat.model.Talk;
import org.partyline.chat.model.Trust;
import org.partyline.chat.text.Words;
import org.partyline.consoleline.Lookalikes;

/** Converts messages to lines of the screen. All incoming text is made harmless here, and nowhere later. */
final class MessageLines {
    private static final String UNKNOWN_KEY = "an unknown key";
    private static final String WRONG = "unknown: ";

    private final Words words;

    MessageLines(Words words) {
        this.words = words;
    }

    /**
     * @param talk its conversation; empty if it is no longer known
     * @param known names that someone may try to imitate, those that became known first at the beginning
     */
    Line line(Messages.Shown shown, Optional<Talk> talk, List<String> known) {
        Messages.Message message = shown.message();
        Line.Kind kind = kind(message);
        Proof proof = proof(message);
        String name = name(message);
        return new Line(
                message.id(),
                kind,
                message.sent(),
                Optional.of(message.expires()),
                message.notice() ? "news" : words.line(name),
                kind == Line.Kind.THEIRS ? trust(message, name, proof, talk, known) : Trust.NONE,
                proof,
                message.signedBy().map(words::line).orElse(""),
                message.burn(),
                message.text().map(words::lines).orElse(List.of()),
                shown.outgoing().map(outgoing -> delivery(outgoing, shown)),
                extras(message.remarks()));
    }

    private static Line.Kind kind(Messages.Message message) {
        if (message.gap().isPresent()) {
            return Line.Kind.GAP;
        }
        return message.notice() ? Line.Kind.NOTICE : message.outgoing() ? Line.Kind.OURS : Line.Kind.THEIRS;
    }

    private Extras extras(Messages.Remarks remarks) {
        Optional<String> quote = remarks.quote()
                .map(answered -> words.line(answered.sender() + ": " + answered.text()))
                .or(() -> remarks.reply() ? Optional.of("a message that is not on this server") : Optional.empty());
        return new Extras(
                quote,
                remarks.reactions().stream()
                        .map(reaction -> words.line(reaction.reaction() + " "
                                + (reaction.own() ? "you" : reaction.sender())
                                + (reaction.signedBy().isPresent() ? " (signed)" : "")))
                        .toList(),
                remarks.edited().isPresent(),
                remarks.mentioned());
    }

    /** Returns the author's name; not safe to paint. */
    static String name(Messages.Message message) {
        String name = message.direct() && !message.outgoing() ? message.channel() : message.sender();
        return name.isEmpty() ? message.outgoing() ? message.persona() : "(no name)" : name;
    }

    private static Trust trust(
            Messages.Message message, String name, Proof proof, Optional<Talk> talk, List<String> known) {
        if (message.direct()) {
            return talk.map(Talk::trust).orElse(Trust.UNVERIFIED);
        }
        if (Lookalikes.isSuspect(name, known)) {
            return Trust.LOOKALIKE;
        }
        return proof == Proof.SIGNED ? Trust.NONE : Trust.UNVERIFIED;
    }

    private static Proof proof(Messages.Message message) {
        if (message.signedBy().isPresent()) {
            String by = message.signedBy().get();
            // A contact may have any name; a sentence of the engine begins like this.
            return by.equals(UNKNOWN_KEY) ? Proof.UNKNOWN_KEY : by.startsWith(WRONG) ? Proof.WRONG : Proof.SIGNED;
        }
        return message.legacy() ? Proof.LEGACY : Proof.NONE;
    }

    private DeliveryState delivery(Messages.Outgoing outgoing, Messages.Shown shown) {
        int done = (int) outgoing.parts().stream()
                .filter(part -> !part.state().isWaiting())
                .count();
        return new DeliveryState(
                outgoing.state(),
                words.line(outgoing.reason()),
                outgoing.queued(),
                done,
                outgoing.parts().size(),
                shown.nodes(),
                shown.message().block(),
                shown.message().confirmations(),
                outgoing.fee(),
                words.line(outgoing.carrier().id()),
                reached(shown.message().remarks()),
                shown.message().doubt());
    }

    private static DeliveryState.Reached reached(Messages.Remarks remarks) {
        if (remarks.read().isPresent()) {
            return DeliveryState.Reached.READ;
        }
        return remarks.delivered().isPresent() ? DeliveryState.Reached.DELIVERED : DeliveryState.Reached.UNKNOWN;
    }
}
