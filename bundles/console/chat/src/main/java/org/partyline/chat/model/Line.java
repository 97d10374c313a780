package org.partyline.chat.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A line of a conversation: a message or a notice. All texts are safe to paint.
 *
 * @param id its number; negative for a notice of this screen, which is not stored
 * @param kind whose line it is
 * @param at when it was sent
 * @param expires when it is erased; empty if with this screen
 * @param sender the sender's name
 * @param trust in that name
 * @param proof of the author
 * @param signedBy the proven author; empty if there is none
 * @param burn whether it is erased once read
 * @param words its text, line by line; empty while a burn message is unread
 * @param delivery its delivery state, if it is ours
 * @param extras its other parts
 */
public record Line(
        long id,
        Kind kind,
        Instant at,
        Optional<Instant> expires,
        String sender,
        Trust trust,
        Proof proof,
        String signedBy,
        boolean burn,
        List<String> words,
        Optional<DeliveryState> delivery,
        Extras extras) {
    /** The kinds of lines. */
    public enum Kind {
        /** Ours. */
        OURS,
        /** Someone else's. */
        THEIRS,
        /** A notice that the conversation keeps, for example about new keys. */
        NOTICE,
        /** Messages are missing between the previous and the next one. */
        GAP,
        /** A notice of this screen, for example about a lost node. */
        NEWS
    }

    public Line {
        words = List.copyOf(words);
    }

    /** Creates a notice of this screen. */
    public static Line notice(long id, Instant at, String words) {
        return new Line(
                id,
                Kind.NEWS,
                at,
                Optional.empty(),
                "",
                Trust.NONE,
                Proof.NONE,
                "",
                false,
                List.of(words),
                Optional.empty(),
                Extras.NONE);
    }

    /** Does not show the text. */
    @Override
    public String toString() {
        return "Line[" + id + "]";
    }
}
