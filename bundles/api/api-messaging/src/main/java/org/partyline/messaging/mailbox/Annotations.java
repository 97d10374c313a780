package org.partyline.messaging.mailbox;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Replies, reactions and edits of a message, kept and erased with it.
 *
 * @param reply the message that it replies to, as its sender identified it, 8 hex digits; empty if none
 * @param edited when it was last edited, by its sender's clock, in seconds; 0 for never
 * @param editPosition the position of that edit on its sender's chain; -1 if none
 * @param reactions the last one of each sender, including withdrawals
 * @param named whether a receipt named it, rather than only a later message
 * @param delivered for our own: when its reader's server was first known to have it, in milliseconds; 0 if unknown
 * @param read for our own: when it was first known to have been shown to its reader, in milliseconds; 0 if unknown
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
    /** No annotations. */
    public static final Annotations NONE = new Annotations("", 0, -1, List.of(), false, 0, 0);

    /** The maximum number of senders whose reactions to a message are kept: a new chain is cheap for a member. */
    public static final int MOST_REACTIONS = 64;

    public Annotations {
        reply = reply == null ? "" : reply;
        reactions = reactions == null ? List.of() : List.copyOf(reactions);
    }

    /** For a reply. @param locator 8 hex digits */
    public static Annotations replyTo(String locator) {
        return NONE.withReply(locator);
    }

    /** Whether an edit is newer than the last known one: packets arrive in any order. */
    public boolean isNewerEdit(long time, int position) {
        return isLater(time, position, edited, editPosition);
    }

    public Annotations edited(long time, int position) {
        return with().edited(time).editPosition(position).build();
    }

    /**
     * Returns a copy with a sender's reaction, which replaces its previous one; empty if a later one is known, or there
     * are too many.
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

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Annotations";
    }
}
