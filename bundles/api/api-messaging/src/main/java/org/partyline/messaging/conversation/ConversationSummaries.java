package org.partyline.messaging.conversation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.partyline.api.engine.Messages.State;

/**
 * Summarises each conversation from facts about its stored messages, about 120 bytes each and without texts. So a list
 * decrypts no message, and a packet about a message only that one. Guarded by the state lock; emptied by {@link
 * #close()}.
 */
public final class ConversationSummaries implements AutoCloseable {
    private final Map<Integer, Kept> conversations = new HashMap<>();
    private final NavigableMap<Long, Outgoing> outgoing = new TreeMap<>();

    /**
     * The facts about one message.
     *
     * @param arrived milliseconds
     * @param expires milliseconds; from then on it no longer counts, even if it was not erased yet
     * @param waits whether it is unread: it was received, and was not shown
     * @param mentions whether it also names the persona
     * @param missing for a gap, the maximum number of missing messages; 0: not a gap
     * @param locator the locator of its first packet, 8 bytes; 0 if none
     * @param session the id of its chain, 8 bytes; 0 if none
     */
    public record Fact(
            long arrived, long expires, boolean waits, boolean mentions, int missing, long locator, long session) {}

    /**
     * The state of an outgoing message.
     *
     * @param shown the state that is shown
     * @param reason why it waits or failed; empty
     * @param queued when it was stored, milliseconds
     * @param written whether a person wrote it
     * @param carrier the id of its carrier
     */
    public record Outgoing(
            int conversation, State state, State shown, String reason, long queued, boolean written, String carrier) {}

    /**
     * The summary of a conversation.
     *
     * @param unread the number of unread messages
     * @param mentions the number of them that name the persona
     * @param last when the newest message arrived, milliseconds; -1 if none
     * @param missing the maximum number of missing messages, over all gaps
     */
    public record Summary(int unread, int mentions, long last, int missing) {
        static final Summary NONE = new Summary(0, 0, -1, 0);
    }

    /** The facts about a conversation's messages. */
    private static final class Kept {
        /** The name that mentions were searched for. */
        final String persona;

        final NavigableMap<Long, Fact> facts = new TreeMap<>();
        /**
         * The read marker for which the stored summary is valid, until then; 0: no stored summary is known to be valid.
         */
        long readTo;

        long until;

        Kept(String persona) {
            this.persona = persona;
        }

        NavigableMap<Long, Fact> facts() {
            return facts;
        }
    }

    /**
     * Starts to count a conversation from scratch.
     *
     * @param persona the name that mentions are searched for
     */
    public void begin(int conversation, String persona) {
        conversations.put(conversation, new Kept(persona));
    }

    /** Whether a conversation was counted with this name. */
    public boolean isCounted(int conversation, String persona) {
        Kept kept = conversations.get(conversation);
        return kept != null && kept.persona.equals(persona);
    }

    /** Adds or replaces a message of a conversation. Does nothing if the conversation was not begun. */
    public void put(int conversation, long message, Fact fact) {
        Kept kept = conversations.get(conversation);
        if (kept != null) {
            kept.facts().put(message, fact);
            kept.until = 0;
        }
    }

    /** The facts about a conversation's messages, by number. */
    public Set<Map.Entry<Long, Fact>> facts(int conversation) {
        Kept kept = conversations.get(conversation);
        return kept == null ? Set.of() : kept.facts().entrySet();
    }

    /** Whether the store also has the summary of a conversation. */
    public boolean isKept(int conversation, long readTo, long now) {
        Kept kept = conversations.get(conversation);
        return kept != null && kept.readTo == readTo && now < kept.until;
    }

    /** Records that the store has the summary of a conversation. @param until milliseconds */
    public void setKept(int conversation, long readTo, long until) {
        Kept kept = conversations.get(conversation);
        if (kept != null) {
            kept.readTo = readTo;
            kept.until = until;
        }
    }

    /** Removes messages. */
    public void remove(Set<Long> messages) {
        // {@code removeAll} iterates over the smaller of the two sets.
        conversations.values().forEach(kept -> {
            if (kept.facts().keySet().removeAll(messages)) {
                kept.until = 0;
            }
        });
    }

    /** Removes a conversation. */
    public void remove(int conversation) {
        conversations.remove(conversation);
    }

    /**
     * The summary of a conversation.
     *
     * @param readTo the newest message that was read; 0 if none
     * @param now milliseconds
     */
    public Summary of(int conversation, long readTo, long now) {
        Kept kept = conversations.get(conversation);
        if (kept == null) {
            return Summary.NONE;
        }
        int unread = 0;
        int mentions = 0;
        int missing = 0;
        long last = -1;
        for (Map.Entry<Long, Fact> entry : kept.facts().entrySet()) {
            Fact fact = entry.getValue();
            if (fact.expires() <= now) {
                continue;
            }
            missing += fact.missing();
            if (fact.missing() == 0) {
                // A gap is found long afterwards, and is not a message.
                last = Math.max(last, fact.arrived());
            }
            if (fact.waits() && entry.getKey() > readTo) {
                unread++;
                mentions += fact.mentions() ? 1 : 0;
            }
        }
        return new Summary(unread, mentions, last, missing);
    }

    /** The numbers of a conversation's messages that pass a test, expired or not, in order. */
    public List<Long> numbers(int conversation, Predicate<Fact> test) {
        Kept kept = conversations.get(conversation);
        List<Long> found = new ArrayList<>();
        if (kept != null) {
            kept.facts().forEach((number, fact) -> {
                if (test.test(fact)) {
                    found.add(number);
                }
            });
        }
        return found;
    }

    /** The number of a conversation's newest message, expired or not; 0 if none. */
    public long newest(int conversation) {
        Kept kept = conversations.get(conversation);
        return kept == null || kept.facts().isEmpty() ? 0 : kept.facts().lastKey();
    }

    /** Sets the state of an outgoing message. */
    public void putOutgoing(long message, Outgoing stands) {
        outgoing.put(message, stands);
    }

    /** Removes an outgoing message that is no longer stored. */
    public void removeOutgoing(long message) {
        outgoing.remove(message);
    }

    /** The states of outgoing messages, by number. */
    public SortedMap<Long, Outgoing> outgoing() {
        return Collections.unmodifiableSortedMap(outgoing);
    }

    @Override
    public void close() {
        conversations.clear();
        outgoing.clear();
    }
}
