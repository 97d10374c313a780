package org.partyline.messages;

import java.util.Comparator;
import org.partyline.messaging.mailbox.MessageRecord;

/** Determines the order in which messages are shown. */
final class MessageOrder {
    /** Each sender's words in the order they were said; a sender's timestamps never go back. */
    static final Comparator<MessageRecord> OF_SENDERS = Comparator.comparingLong(MessageRecord::sent)
            .thenComparing(MessageOrder::isUnsealed)
            .thenComparingLong(MessageRecord::chainOpened)
            .thenComparingInt(MessageRecord::chain)
            // One that is to stay goes before rolling ones that were said before it; a chain's opener has no position.
            .thenComparingInt(MessageRecord::sequence)
            .thenComparingLong(MessageRecord::id);

    private MessageOrder() {}

    private static boolean isUnsealed(MessageRecord message) {
        return message.outgoing() && message.locator().isEmpty();
    }
}
