package org.partyline.messaging.mailbox;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ConversationSummaries;
import org.partyline.messaging.conversation.ConversationSummaries.Fact;
import org.partyline.messaging.conversation.ConversationSummaries.Summary;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Counts and finds kept messages with the {@link ConversationSummaries}, updating these first; opens no other messages.
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

    /** A message is there, or is another now. */
    private void count(MessageRecord message) {
        Conversation conversation = people.conversations.find(message.membership());
        if (conversation != null && isCounted(conversation)) {
            put(conversation, message);
        } else {
            // Its persona has another name: the next one who asks counts it whole, whichever name it has then.
            summaries.remove(message.membership());
        }
    }

    private void put(Conversation conversation, MessageRecord message) {
        summaries.put(
                conversation.id(),
                message.id(),
                SummaryRecord.fact(message, people.personas.name(conversation.persona())));
    }

    /** Finds messages that are kept by what others call them, each by itself. Under the state lock; part of the caller's transaction. */
    public References references(StoreTransaction tx) {
        long now = clock.instant().toEpochMilli();
        return new References(
                (conversation, locator) -> {
                    List<Long> fitting = named(tx, conversation, locator, now);
                    return fitting.size() == 1 ? find(tx, fitting.get(0)) : Optional.empty();
                },
                now);
    }

    /** The kept messages whose locator is this one. Under the state lock; part of the caller's transaction. */
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
     * The kept messages of one chain, at most about 100 (PROTOCOL 5). Under the state lock; part of the caller's
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

    /** Reads what changed since. Under the state lock; part of the caller's transaction. */
    public void refresh(StoreTransaction tx) throws StoreException {
        Set<Long> changed = guard.changedMessages().take();
        if (changed.isEmpty()) {
            return;
        }
        boolean done = false;
        try {
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
            done = true;
        } finally {
            if (!done) {
                guard.changedMessages().add(changed);
            }
        }
    }

    /** What a list says of a conversation now. Under the state lock; part of the caller's transaction. */
    public Summary of(StoreTransaction tx, Conversation conversation, ConversationMarks marks) throws StoreException {
        long now = clock.instant().toEpochMilli();
        String persona = people.personas.name(conversation.persona());
        refresh(tx);
        if (!isCounted(conversation)) {
            Optional<SummaryRecord> kept = SummaryRecord.find(tx, conversation.id())
                    .filter(summary -> summary.holds(persona, marks.readTo(), now));
            if (kept.isPresent()) {
                return kept.get().summary();
            }
            bring(tx, conversation);
        }
        if (!summaries.isKept(conversation.id(), marks.readTo(), now)) {
            keep(tx, conversation, SummaryRecord.empty(conversation.id(), persona, marks.readTo(), now));
        }
        return summaries.of(conversation.id(), marks.readTo(), now);
    }

    /** Stores what its messages say, unless it is stored. */
    private void keep(StoreTransaction tx, Conversation conversation, SummaryRecord none) throws StoreException {
        SummaryRecord counted = none;
        for (Map.Entry<Long, Fact> fact : summaries.facts(conversation.id())) {
            counted = counted.plus(fact.getKey(), fact.getValue());
        }
        Optional<SummaryRecord> kept = SummaryRecord.find(tx, conversation.id());
        if (kept.isEmpty() || !kept.get().holds(none.persona(), none.readTo(), none.since())) {
            counted.put(tx);
        }
        summaries.setKept(conversation.id(), none.readTo(), counted.until());
    }

    /** The number of a conversation's newest message; 0: there is none. Under the state lock; part of the caller's transaction. */
    public long newest(StoreTransaction tx, Conversation conversation) throws StoreException {
        bring(tx, conversation);
        return summaries.newest(conversation.id());
    }

    private void bring(StoreTransaction tx, Conversation conversation) throws StoreException {
        refresh(tx);
        if (!isCounted(conversation)) {
            // All are read before anything is counted: where that fails, the next one who asks begins anew.
            List<MessageRecord> kept =
                    Tables.read(tx.list(MessageRecord.TABLE, Keys.of(conversation.id())), MessageRecord.class);
            begin(conversation);
            kept.forEach(message -> put(conversation, message));
        }
    }
}
