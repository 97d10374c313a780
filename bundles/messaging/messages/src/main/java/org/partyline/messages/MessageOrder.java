package org.partyline.messages;

import java.util.Comparator;
import org.partyline.messaging.mailbox.MessageRecord;

/** Determines the order in which messages are shown. */
final class MessageOrder {
    /** Each sender's messages in the order in which they were written; a sender's timestamps never go back. */
    static final Comparator<MessageRecord> OF_SENDERS = Comparator.comparingLong(MessageRecord::sent)
            .thenComparing(MessageOrder::isUnsealed)
            .thenComparingLong(MessageRecord::chainOpened)
            .thenComparingInt(MessageRecord::chain)
            // A message that is meant to stay in a block may leave before older rolling ones, so the position comes
            // last; a chain's opener has no position.
            .thenComparingInt(MessageRecord::sequence)
            .thenComparingLong(MessageRecord::id);

    private MessageOrder() {}

    private static boolean isUnsealed(MessageRecord message) {
        return message.outgoing() && message.locator().isEmpty();
    }
}
