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
 * Summarises each conversation from facts about its kept messages, about 120 bytes each and without texts. So a list
 * opens none of them, and a packet about a message only that one. Guarded by the state lock; emptied by
 * {@link #close()}.
 */
public final class ConversationSummaries implements AutoCloseable {
    private final Map<Integer, Kept> conversations = new HashMap<>();
    private final NavigableMap<Long, Outgoing> outgoing = new TreeMap<>();

    /**
     * The facts about one message.
     *
     * @param arrived milliseconds
     * @param expires milliseconds; from then on it counts no more, whether it was erased yet or not
     * @param waits whether it waits for its reader: it came from others, and was not shown
     * @param mentions whether it also names the persona
     * @param missing of a gap, how many messages are missing at the most; 0: it is none
     * @param locator of its first packet, 8 bytes; 0: none
     * @param session the id of its chain, 8 bytes; 0: none
     */
    public record Fact(
            long arrived, long expires, boolean waits, boolean mentions, int missing, long locator, long session) {}

    /**
     * The state of an outgoing message.
     *
     * @param shown the state as it is shown
     * @param reason why it waits or failed; empty
     * @param queued when it was stored, milliseconds
     * @param written whether a person wrote it
     * @param carrier the id of what carries it
     */
    public record Outgoing(
            int conversation, State state, State shown, String reason, long queued, boolean written, String carrier) {}

    /**
     * The summary of a conversation.
     *
     * @param unread messages that wait for their reader, from 0
     * @param mentions how many of them name the persona
     * @param last when the newest message arrived, milliseconds; -1: there is none
     * @param missing how many are missing at the most, of all gaps
     */
    public record Summary(int unread, int mentions, long last, int missing) {
        static final Summary NONE = new Summary(0, 0, -1, 0);
    }

    /** The facts about a conversation's messages. */
    private static final class Kept {
        /** By which name mentions were looked for. */
        final String persona;

        final NavigableMap<Long, Fact> facts = new TreeMap<>();
        /** What the store has as its summary holds for a reader who read so far, until then; 0: none is known to hold. */
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
     * A conversation is counted anew.
     *
     * @param persona the name that its mentions are looked for by
     */
    public void begin(int conversation, String persona) {
        conversations.put(conversation, new Kept(persona));
    }

    /** Whether a conversation was begun, and with this name. */
    public boolean isCounted(int conversation, String persona) {
        Kept kept = conversations.get(conversation);
        return kept != null && kept.persona.equals(persona);
    }

    /** A message of a conversation is there, or is another now. Nothing happens where the conversation was not begun. */
    public void put(int conversation, long message, Fact fact) {
        Kept kept = conversations.get(conversation);
        if (kept != null) {
            kept.facts().put(message, fact);
            kept.until = 0;
        }
    }

    /** What is remembered of a conversation's messages, by their numbers. */
    public Set<Map.Entry<Long, Fact>> facts(int conversation) {
        Kept kept = conversations.get(conversation);
        return kept == null ? Set.of() : kept.facts().entrySet();
    }

    /** Whether the store has what a list says of a conversation, too. */
    public boolean isKept(int conversation, long readTo, long now) {
        Kept kept = conversations.get(conversation);
        return kept != null && kept.readTo == readTo && now < kept.until;
    }

    /** The store has what a list says of a conversation. @param until milliseconds */
    public void setKept(int conversation, long readTo, long until) {
        Kept kept = conversations.get(conversation);
        if (kept != null) {
            kept.readTo = readTo;
            kept.until = until;
        }
    }

    /** Messages are gone. */
    public void remove(Set<Long> messages) {
        // A set removes by whichever of the two is smaller.
        conversations.values().forEach(kept -> {
            if (kept.facts().keySet().removeAll(messages)) {
                kept.until = 0;
            }
        });
    }

    /** A conversation was removed. */
    public void remove(int conversation) {
        conversations.remove(conversation);
    }

    /**
     * What a list says of a conversation.
     *
     * @param readTo the newest message that was read; 0: none
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
                // That something is missing is found long after, and is nothing that was said.
                last = Math.max(last, fact.arrived());
            }
            if (fact.waits() && entry.getKey() > readTo) {
                unread++;
                mentions += fact.mentions() ? 1 : 0;
            }
        }
        return new Summary(unread, mentions, last, missing);
    }

    /** The numbers of a conversation's messages that a test takes, expired or not, in their order. */
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

    /** The number of a conversation's newest message, expired or not; 0: there is none. */
    public long newest(int conversation) {
        Kept kept = conversations.get(conversation);
        return kept == null || kept.facts().isEmpty() ? 0 : kept.facts().lastKey();
    }

    /** Where an outgoing message stands now. */
    public void putOutgoing(long message, Outgoing stands) {
        outgoing.put(message, stands);
    }

    /** One that is stored no more. */
    public void removeOutgoing(long message) {
        outgoing.remove(message);
    }

    /** Where outgoing messages stand, by number. */
    public SortedMap<Long, Outgoing> outgoing() {
        return Collections.unmodifiableSortedMap(outgoing);
    }

    @Override
    public void close() {
        conversations.clear();
        outgoing.clear();
    }
}
