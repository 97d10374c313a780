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
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Counts and finds kept messages with the {@link ConversationSummaries}, updating these first; opens no other messages.
 */
public final class MessageCounts {
    private final StateGuard guard;
    private final Clock clock;

    public MessageCounts(StateGuard guard, Clock clock) {
        this.guard = guard;
        this.clock = clock;
    }

    private static void begin(Unlocked unlocked, Conversation conversation) {
        unlocked.summaries.begin(conversation.id(), unlocked.personas.name(conversation.persona()));
    }

    private static boolean isCounted(Unlocked unlocked, Conversation conversation) {
        return unlocked.summaries.isCounted(conversation.id(), unlocked.personas.name(conversation.persona()));
    }

    /** A message is there, or is another now. */
    private static void count(Unlocked unlocked, MessageRecord message) {
        Conversation conversation = unlocked.conversations.find(message.membership());
        if (conversation != null && isCounted(unlocked, conversation)) {
            put(unlocked, conversation, message);
        } else {
            // Its persona has another name: the next one who asks counts it whole, whichever name it has then.
            unlocked.summaries.remove(message.membership());
        }
    }

    private static void put(Unlocked unlocked, Conversation conversation, MessageRecord message) {
        unlocked.summaries.put(
                conversation.id(),
                message.id(),
                SummaryRecord.fact(message, unlocked.personas.name(conversation.persona())));
    }

    /** Finds messages that are kept by what others call them, each by itself. Under the kernel's lock; part of the caller's transaction. */
    public References references(StoreTransaction tx, Unlocked unlocked) {
        long now = clock.instant().toEpochMilli();
        return new References(
                (conversation, locator) -> {
                    List<Long> fitting = named(tx, unlocked, conversation, locator, now);
                    return fitting.size() == 1 ? find(tx, fitting.get(0)) : Optional.empty();
                },
                now);
    }

    /** The kept messages whose locator is this one. Under the kernel's lock; part of the caller's transaction. */
    public List<MessageRecord> named(StoreTransaction tx, Unlocked unlocked, int conversation, String locator)
            throws StoreException {
        return open(
                tx,
                named(
                        tx,
                        unlocked,
                        conversation,
                        new Locator(locator),
                        clock.instant().toEpochMilli()));
    }

    private List<Long> named(StoreTransaction tx, Unlocked unlocked, int conversation, Locator locator, long now)
            throws StoreException {
        bring(tx, unlocked, conversation);
        int ignored = Long.SIZE - Byte.SIZE * locator.bytes().length;
        long wanted = Long.parseUnsignedLong(locator.hex(), 16);
        return unlocked.summaries.numbers(
                conversation,
                fact -> fact.locator() != 0 && fact.locator() >>> ignored == wanted && fact.expires() > now);
    }

    /**
     * The kept messages of one chain, at most about 100 (PROTOCOL 5). Under the kernel's lock; part of the caller's
     * transaction.
     *
     * @param session the chain's id, 16 hex digits
     */
    public List<MessageRecord> ofChain(StoreTransaction tx, Unlocked unlocked, int conversation, String session)
            throws StoreException {
        bring(tx, unlocked, conversation);
        long wanted = SummaryRecord.number(session);
        return wanted == 0
                ? List.of()
                : open(tx, unlocked.summaries.numbers(conversation, fact -> fact.session() == wanted));
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

    private void bring(StoreTransaction tx, Unlocked unlocked, int conversation) throws StoreException {
        Conversation known = unlocked.conversations.find(conversation);
        if (known != null) {
            bring(tx, unlocked, known);
        }
    }

    /** Reads what changed since. Under the kernel's lock; part of the caller's transaction. */
    public void refresh(StoreTransaction tx, Unlocked unlocked) throws StoreException {
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
                    count(unlocked, message.get());
                } else {
                    gone.add(id);
                }
            }
            unlocked.summaries.remove(gone);
            done = true;
        } finally {
            if (!done) {
                guard.changedMessages().add(changed);
            }
        }
    }

    /** What a list says of a conversation now. Under the kernel's lock; part of the caller's transaction. */
    public Summary of(StoreTransaction tx, Unlocked unlocked, Conversation conversation, ConversationMarks marks)
            throws StoreException {
        long now = clock.instant().toEpochMilli();
        String persona = unlocked.personas.name(conversation.persona());
        refresh(tx, unlocked);
        if (!isCounted(unlocked, conversation)) {
            Optional<SummaryRecord> kept = SummaryRecord.find(tx, conversation.id())
                    .filter(summary -> summary.holds(persona, marks.readTo(), now));
            if (kept.isPresent()) {
                return kept.get().summary();
            }
            bring(tx, unlocked, conversation);
        }
        if (!unlocked.summaries.isKept(conversation.id(), marks.readTo(), now)) {
            keep(tx, unlocked, conversation, SummaryRecord.empty(conversation.id(), persona, marks.readTo(), now));
        }
        return unlocked.summaries.of(conversation.id(), marks.readTo(), now);
    }

    /** Stores what its messages say, unless it is stored. */
    private static void keep(StoreTransaction tx, Unlocked unlocked, Conversation conversation, SummaryRecord none)
            throws StoreException {
        SummaryRecord counted = none;
        for (Map.Entry<Long, Fact> fact : unlocked.summaries.facts(conversation.id())) {
            counted = counted.plus(fact.getKey(), fact.getValue());
        }
        Optional<SummaryRecord> kept = SummaryRecord.find(tx, conversation.id());
        if (kept.isEmpty() || !kept.get().holds(none.persona(), none.readTo(), none.since())) {
            counted.put(tx);
        }
        unlocked.summaries.setKept(conversation.id(), none.readTo(), counted.until());
    }

    /** The number of a conversation's newest message; 0: there is none. Under the kernel's lock; part of the caller's transaction. */
    public long newest(StoreTransaction tx, Unlocked unlocked, Conversation conversation) throws StoreException {
        bring(tx, unlocked, conversation);
        return unlocked.summaries.newest(conversation.id());
    }

    private void bring(StoreTransaction tx, Unlocked unlocked, Conversation conversation) throws StoreException {
        refresh(tx, unlocked);
        if (!isCounted(unlocked, conversation)) {
            // All are read before anything is counted: where that fails, the next one who asks begins anew.
            List<MessageRecord> kept =
                    Tables.read(tx.list(MessageRecord.TABLE, Keys.of(conversation.id())), MessageRecord.class);
            begin(unlocked, conversation);
            kept.forEach(message -> put(unlocked, conversation, message));
        }
    }
}
