package org.partyline.messaging.mailbox;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Replies, reactions and edits of a message, kept and erased with it.
 *
 * @param reply the message that it answers, as its sender named it, 8 hex digits; empty: none
 * @param edited when its words were changed last, in its sender's time, in seconds; 0: never
 * @param editPosition of that change on its sender's chain; -1 where there is none
 * @param reactions the last one of each sender, also where it took it back
 * @param named whether a receipt named it, and not only one after it
 * @param delivered of our own: when its reader's server was first known to have it, in milliseconds; 0: that is not known
 * @param read of our own: when its reader was first known to have been shown it, in milliseconds; 0: that is not known
 */
@RecordBuilder
public record Annotations(
        String reply,
        long edited,
        int editPosition,
        List<StoredReaction> reactions,
        boolean named,
        long delivered,
        long read)
        implements AnnotationsBuilder.With {
    /** Nothing was said. */
    public static final Annotations NONE = new Annotations("", 0, -1, List.of(), false, 0, 0);

    /** Most senders whose reactions to a message are kept: a new chain costs a member little. */
    public static final int MOST_REACTIONS = 64;

    public Annotations {
        reply = reply == null ? "" : reply;
        reactions = reactions == null ? List.of() : List.copyOf(reactions);
    }

    /** Of a message that answers another. @param locator 8 hex digits */
    public static Annotations replyTo(String locator) {
        return NONE.withReply(locator);
    }

    /** Whether a change was made after the last one that is known: packets arrive in any order. */
    public boolean isNewerEdit(long time, int position) {
        return isLater(time, position, edited, editPosition);
    }

    public Annotations edited(long time, int position) {
        return with().edited(time).editPosition(position).build();
    }

    /**
     * With a sender's reaction, which replaces its previous one; empty if a later one is known, or there are too many.
     */
    public Optional<Annotations> with(StoredReaction reaction) {
        List<StoredReaction> all = new ArrayList<>(reactions);
        for (int i = 0; i < all.size(); i++) {
            StoredReaction before = all.get(i);
            if (before.by().equals(reaction.by())) {
                if (!isLater(reaction.time(), reaction.position(), before.time(), before.position())) {
                    return Optional.empty();
                }
                all.set(i, reaction);
                return Optional.of(withReactions(all));
            }
        }
        if (all.size() >= MOST_REACTIONS) {
            return Optional.empty();
        }
        all.add(reaction);
        return Optional.of(withReactions(all));
    }

    private static boolean isLater(long time, int position, long thanTime, int thanPosition) {
        return time > thanTime || time == thanTime && position > thanPosition;
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Annotations";
    }
}
