package org.partyline.messaging.mailbox;

import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.ConversationSummaries.Fact;
import org.partyline.messaging.conversation.ConversationSummaries.Summary;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The summary of a conversation, updated in the same transaction as its messages, so that listing a thousand
 * conversations after a start decrypts no message. An outdated record does no harm: the messages are counted again.
 *
 * @param persona the name that mentions were searched for
 * @param readTo the newest read message when it was counted
 * @param since milliseconds: messages that had expired by then are not counted
 * @param until milliseconds: from then on, a counted message has expired
 * @param newest the newest message that was counted, or existed; 0 if none
 * @param last when the newest message arrived, milliseconds; -1 if none
 */
public record SummaryRecord(
        int conversation,
        String persona,
        long readTo,
        long since,
        long until,
        long newest,
        int unread,
        int mentions,
        int missing,
        long last) {
    /** The table of the store. */
    public static final String TABLE = "summaries";

    /** For a conversation without messages. */
    static SummaryRecord empty(int conversation, String persona, long readTo, long now) {
        return new SummaryRecord(conversation, persona, readTo, now, Long.MAX_VALUE, 0, 0, 0, 0, -1);
    }

    static Optional<SummaryRecord> find(StoreTransaction tx, int conversation) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(conversation), SummaryRecord.class);
    }

    /** Part of the caller's transaction. */
    void put(StoreTransaction tx) throws StoreException {
        tx.put(TABLE, Keys.of(conversation), Keys.of(conversation), Cbor.write(this), null);
    }

    /** Whether it is still valid. */
    boolean holds(String personaNow, long readToNow, long now) {
        return persona.equals(personaNow) && readTo == readToNow && since <= now && now < until;
    }

    Summary summary() {
        return new Summary(unread, mentions, last, missing);
    }

    /**
     * Called when a message is about to be stored or deleted. Part of the caller's transaction.
     *
     * @param old the stored version; empty: there is none, or it was not counted
     * @param next empty: it is deleted
     */
    void follow(StoreTransaction tx, long message, Optional<MessageRecord> old, Optional<MessageRecord> next)
            throws StoreException {
        Optional<SummaryRecord> after = with(message, old.map(this::fact), next.map(this::fact));
        if (after.isEmpty()) {
            tx.delete(TABLE, Keys.of(conversation));
        } else if (!after.get().equals(this)) {
            after.get().put(tx);
        }
    }

    private Fact fact(MessageRecord message) {
        return fact(message, persona);
    }

    /** The facts about a message. @param persona the name that mentions are searched for */
    static Fact fact(MessageRecord message, String persona) {
        boolean waits = message.isForReader();
        return new Fact(
                message.arrived(),
                message.expires(),
                waits,
                waits && !message.burn() && Mentions.of(message.text(), persona),
                message.gap() == null ? 0 : message.gap().most(),
                number(message.locator()),
                number(message.session()));
    }

    /** @param hex 16 digits; anything else becomes 0, which identifies nothing */
    static long number(String hex) {
        return hex.length() == 2 * Locator.WHOLE ? Long.parseUnsignedLong(hex, 16) : 0;
    }

    /** The same after a message was added, removed or changed; empty if the messages must be counted. */
    private Optional<SummaryRecord> with(long message, Optional<Fact> old, Optional<Fact> next) {
        Optional<Fact> counted = old.filter(this::counts);
        if (counted.isEmpty()) {
            return Optional.of(next.map(fact -> plus(message, fact)).orElse(this));
        }
        boolean wasLast = counted.get().missing() == 0 && counted.get().arrived() == last;
        boolean isLast = next.filter(this::counts)
                .filter(fact -> fact.missing() == 0 && fact.arrived() >= last)
                .isPresent();
        if (wasLast && !isLast) {
            return Optional.empty();
        }
        SummaryRecord less = minus(message, counted.get());
        return Optional.of(next.map(fact -> less.plus(message, fact)).orElse(less));
    }

    private boolean counts(Fact fact) {
        return fact.expires() > since;
    }

    private boolean waits(long message, Fact fact) {
        return fact.waits() && message > readTo;
    }

    private SummaryRecord minus(long message, Fact fact) {
        boolean waits = waits(message, fact);
        return new SummaryRecord(
                conversation,
                persona,
                readTo,
                since,
                until,
                newest,
                unread - (waits ? 1 : 0),
                mentions - (waits && fact.mentions() ? 1 : 0),
                missing - fact.missing(),
                last);
    }

    /** The same with one more message. */
    SummaryRecord plus(long message, Fact fact) {
        long newer = Math.max(newest, message);
        if (!counts(fact)) {
            return new SummaryRecord(
                    conversation, persona, readTo, since, until, newer, unread, mentions, missing, last);
        }
        boolean waits = waits(message, fact);
        boolean isLast = fact.missing() == 0 && fact.arrived() >= last;
        // A read message that is not the newest may expire without changing anything.
        boolean matters = waits || fact.missing() > 0 || isLast;
        return new SummaryRecord(
                conversation,
                persona,
                readTo,
                since,
                matters ? Math.min(until, fact.expires()) : until,
                newer,
                unread + (waits ? 1 : 0),
                mentions + (waits && fact.mentions() ? 1 : 0),
                missing + fact.missing(),
                isLast ? fact.arrived() : last);
    }
}
