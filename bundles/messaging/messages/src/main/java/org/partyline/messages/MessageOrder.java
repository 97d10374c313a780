package org.partyline.messages;

import java.util.Comparator;
import org.partyline.messaging.mailbox.MessageRecord;

/** In which order messages are shown. */
final class MessageOrder {
    /** Each sender's words in the order they were said; a sender's timestamps never go back. */
    static final Comparator<MessageRecord> OF_SENDERS = Comparator.comparingLong(MessageRecord::sent)
            .thenComparingLong(MessageRecord::chainOpened)
            .thenComparingInt(MessageRecord::chain)
            // Ours leave in the order of their numbers, on whichever chain.
            .thenComparingInt(message -> message.outgoing() ? -1 : message.sequence())
            .thenComparingLong(MessageRecord::id);

    private MessageOrder() {}
}
