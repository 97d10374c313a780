package org.partyline.messaging.mailbox;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ConversationSummaries;
import org.partyline.messaging.conversation.ConversationSummaries.Fact;
import org.partyline.messaging.conversation.ConversationSummaries.Outgoing;
import org.partyline.messaging.conversation.ConversationSummaries.Summary;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Counts and finds stored messages with the {@link ConversationSummaries}, which it updates first; decrypts no other
 * messages.
 */
public final class MessageCounts {
    private final StateGuard guard;
    private final People people;
    private final ConversationSummaries summaries;
    private final Clock clock;

    public MessageCounts(StateGuard guard, ConversationSummaries summaries, Clock clock) {
        this.guard = guard;
        this.people = guard.people();
        this.summaries = summaries;
        this.clock = clock;
    }

    private void begin(Conversation conversation) {
        summaries.begin(conversation.id(), people.personas.name(conversation.persona()));
    }

    private boolean isCounted(Conversation conversation) {
        return summaries.isCounted(conversation.id(), people.personas.name(conversation.persona()));
    }

    /** Counts a new or changed message. */
    private void count(MessageRecord message) {
        Conversation conversation = people.conversations.find(message.membership());
        if (conversation != null && isCounted(conversation)) {
            put(conversation, message);
        } else {
            // Its persona was renamed: the next caller recounts the conversation with the new name.
            summaries.remove(message.membership());
        }
    }

    private void put(Conversation conversation, MessageRecord message) {
        summaries.put(
                conversation.id(),
                message.id(),
                SummaryRecord.fact(message, people.personas.name(conversation.persona())));
    }

    /**
     * Finds stored messages by the locators that others use, one at a time. Under the state lock; part of the caller's
     * transaction.
     */
    public References references(StoreTransaction tx) {
        long now = clock.instant().toEpochMilli();
        return new References(
                (conversation, locator) -> {
                    List<Long> fitting = named(tx, conversation, locator, now);
                    return fitting.size() == 1 ? find(tx, fitting.get(0)) : Optional.empty();
                },
                now);
    }

    /** The stored messages with this locator. Under the state lock; part of the caller's transaction. */
    public List<MessageRecord> named(StoreTransaction tx, int conversation, String locator) throws StoreException {
        return open(
                tx,
                named(tx, conversation, new Locator(locator), clock.instant().toEpochMilli()));
    }

    private List<Long> named(StoreTransaction tx, int conversation, Locator locator, long now) throws StoreException {
        bring(tx, conversation);
        int ignored = Long.SIZE - Byte.SIZE * locator.bytes().length;
        long wanted = Long.parseUnsignedLong(locator.hex(), 16);
        return summaries.numbers(
                conversation,
                fact -> fact.locator() != 0 && fact.locator() >>> ignored == wanted && fact.expires() > now);
    }

    /**
     * The stored messages of one chain, at most about 100 (PROTOCOL 5). Under the state lock; part of the caller's
     * transaction.
     *
     * @param session the chain's id, 16 hex digits
     */
    public List<MessageRecord> ofChain(StoreTransaction tx, int conversation, String session) throws StoreException {
        bring(tx, conversation);
        long wanted = SummaryRecord.number(session);
        return wanted == 0 ? List.of() : open(tx, summaries.numbers(conversation, fact -> fact.session() == wanted));
    }

    private static List<MessageRecord> open(StoreTransaction tx, List<Long> numbers) throws StoreException {
        List<MessageRecord> messages = new ArrayList<>(numbers.size());
        for (long number : numbers) {
            find(tx, number).ifPresent(messages::add);
        }
        return messages;
    }

    private static Optional<MessageRecord> find(StoreTransaction tx, long number) throws StoreException {
        return Tables.find(tx, MessageRecord.TABLE, Keys.of(number), MessageRecord.class);
    }

    private void bring(StoreTransaction tx, int conversation) throws StoreException {
        Conversation known = people.conversations.find(conversation);
        if (known != null) {
            bring(tx, known);
        }
    }

    /** Reads what changed since the last call. Under the state lock; part of the caller's transaction. */
    public void refresh(StoreTransaction tx) throws StoreException {
        readChanged(MessageRecord.TABLE, changed -> {
            Set<Long> gone = new HashSet<>();
            for (long id : changed) {
                Optional<MessageRecord> message = find(tx, id);
                if (message.isPresent()) {
                    count(message.get());
                } else {
                    gone.add(id);
                }
            }
            summaries.remove(gone);
        });
        readChanged(OutgoingRecords.TABLE, changed -> {
            for (long id : changed) {
                Optional<OutgoingMessage> outgoing = OutgoingRecords.find(tx, id);
                outgoing.ifPresentOrElse(this::count, () -> summaries.removeOutgoing(id));
            }
        });
    }

    /** Counts a new or changed outgoing message. */
    public void count(OutgoingMessage outgoing) {
        summaries.putOutgoing(
                outgoing.id(),
                new Outgoing(
                        outgoing.membership(),
                        outgoing.state(),
                        outgoing.shown(),
                        outgoing.reason(),
                        outgoing.queued(),
                        outgoing.isWritten(),
                        outgoing.carrier()));
    }

    /**
     * The states of outgoing messages, by number; decrypts only those that changed. Under the state lock; part of the
     * caller's transaction.
     */
    public SortedMap<Long, Outgoing> outgoing(StoreTransaction tx) throws StoreException {
        refresh(tx);
        return summaries.outgoing();
    }

    private void readChanged(String table, Tables.Reader<Set<Long>> reader) throws StoreException {
        Set<Long> changed = guard.changedMessages().take(table);
        boolean done = false;
        try {
            reader.read(changed);
            done = true;
        } finally {
            if (!done) {
                guard.changedMessages().add(table, changed);
            }
        }
    }

    /** Reads the summary of one conversation for a list. Under the state lock; part of the caller's transaction. */
    public Listing listing(StoreTransaction tx, Conversation conversation) throws StoreException {
        refresh(tx);
        int id = conversation.id();
        Map<Integer, SummaryRecord> kept = new HashMap<>();
        SummaryRecord.find(tx, id).ifPresent(one -> kept.put(id, one));
        return new Listing(tx, Map.of(id, ConversationMarks.of(tx, id)), kept);
    }

    /**
     * Reads the summaries of all conversations with two queries, however many there are. Under the state lock; part of
     * the caller's transaction.
     */
    public Listing listing(StoreTransaction tx) throws StoreException {
        refresh(tx);
        Map<Integer, ConversationMarks> marks = new HashMap<>();
        Tables.forEach(tx, ConversationMarks.TABLE, ConversationMarks.class, one -> marks.put(one.membership(), one));
        Map<Integer, SummaryRecord> kept = new HashMap<>();
        Tables.forEach(tx, SummaryRecord.TABLE, SummaryRecord.class, one -> kept.put(one.conversation(), one));
        return new Listing(tx, marks, kept);
    }

    /** The summaries of conversations for a list, valid within the transaction in which they were read. */
    public final class Listing {
        private final StoreTransaction tx;
        private final Map<Integer, ConversationMarks> marks;
        private final Map<Integer, SummaryRecord> kept;
        private final long now = clock.instant().toEpochMilli();

        private Listing(StoreTransaction tx, Map<Integer, ConversationMarks> marks, Map<Integer, SummaryRecord> kept) {
            this.tx = tx;
            this.marks = marks;
            this.kept = kept;
        }

        /** The reader's marks. */
        public ConversationMarks marks(Conversation conversation) {
            return marks.getOrDefault(conversation.id(), ConversationMarks.none(conversation.id()));
        }

        /** The summary of its messages. */
        public Summary summary(Conversation conversation) throws StoreException {
            long readTo = marks(conversation).readTo();
            String persona = people.personas.name(conversation.persona());
            SummaryRecord stored = kept.get(conversation.id());
            if (!isCounted(conversation)) {
                if (stored != null && stored.holds(persona, readTo, now)) {
                    return stored.summary();
                }
                bring(tx, conversation);
            }
            if (!summaries.isKept(conversation.id(), readTo, now)) {
                keep(conversation, SummaryRecord.empty(conversation.id(), persona, readTo, now), stored);
            }
            return summaries.of(conversation.id(), readTo, now);
        }

        /** Stores the summary of its messages, unless it is stored. */
        private void keep(Conversation conversation, SummaryRecord none, @Nullable SummaryRecord stored)
                throws StoreException {
            SummaryRecord counted = none;
            for (Map.Entry<Long, Fact> fact : summaries.facts(conversation.id())) {
                counted = counted.plus(fact.getKey(), fact.getValue());
            }
            if (stored == null || !stored.holds(none.persona(), none.readTo(), none.since())) {
                counted.put(tx);
            }
            summaries.setKept(conversation.id(), none.readTo(), counted.until());
        }
    }

    /**
     * The number of a conversation's newest message; 0 if none. Under the state lock; part of the caller's transaction.
     */
    public long newest(StoreTransaction tx, Conversation conversation) throws StoreException {
        bring(tx, conversation);
        return summaries.newest(conversation.id());
    }

    private void bring(StoreTransaction tx, Conversation conversation) throws StoreException {
        refresh(tx);
        if (!isCounted(conversation)) {
            // All are read before anything is counted: if that fails, the next caller starts again.
            List<MessageRecord> kept =
                    Tables.read(tx.list(MessageRecord.TABLE, Keys.of(conversation.id())), MessageRecord.class);
            begin(conversation);
            kept.forEach(message -> put(conversation, message));
        }
    }
}
