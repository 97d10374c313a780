package org.partyline.chat.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A line of a conversation: a message or a notice. All texts are safe to paint.
 *
 * @param id its number; below 0: news of this screen, which nobody keeps
 * @param kind whose
 * @param at when it was sent
 * @param expires when it is erased; empty: with this screen
 * @param sender who
 * @param trust in that name
 * @param proof of who wrote it
 * @param signedBy who provably wrote it; empty
 * @param burn whether it is erased once read
 * @param words its text, a line each; empty while a burn message is unread
 * @param delivery of ours
 * @param extras what belongs to it
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
        /** News that the conversation keeps, as of new keys. */
        NOTICE,
        /** Messages are missing between the one before and the one after. */
        GAP,
        /** News of this screen: a node that is lost. */
        NEWS
    }

    public Line {
        words = List.copyOf(words);
    }

    /** News of this screen. */
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
