package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;

class MessageOrderTest {
    private static MessageRecord said(long id, int sequence, long sent) {
        return MessageRecordBuilder.builder()
                .id(id)
                .outgoing(true)
                .sequence(sequence)
                .sent(sent)
                .build();
    }

    /** Its reader has them in the order of the chain, in which one that is to stay may stand before rolling ones that were said first. */
    @Test
    void messagesOfOneSecondAreInTheOrderOfTheirChainAndThoseThatAreNotSealedComeLast() {
        MessageRecord rolling = said(7, 2, 100);
        MessageRecord confirmed = said(10, 1, 100);
        MessageRecord waiting = said(5, -1, 100);
        MessageRecord later = said(6, 0, 101);
        assertEquals(
                List.of(10L, 7L, 5L, 6L),
                Stream.of(waiting, rolling, later, confirmed)
                        .sorted(MessageOrder.OF_SENDERS)
                        .map(MessageRecord::id)
                        .toList());
    }
}
