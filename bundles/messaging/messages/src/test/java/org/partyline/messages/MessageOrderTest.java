package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;

class MessageOrderTest {
    private static final int UNSEALED = Integer.MIN_VALUE;
    private static final int OPENER = -1;

    private static MessageRecord said(long id, int sequence, long sent) {
        return said(id, 0, sequence, sent);
    }

    private static MessageRecord said(long id, int chain, int sequence, long sent) {
        return MessageRecordBuilder.builder()
                .id(id)
                .chain(chain)
                .outgoing(true)
                .sequence(Math.max(OPENER, sequence))
                .sent(sent)
                .locator(sequence == UNSEALED ? "" : "0123456789abcdef")
                .build();
    }

    /**
     * A reader sees them in the order of the chain, in which one that is meant to stay may precede older rolling ones.
     */
    @Test
    void messagesOfOneSecondAreInTheOrderOfTheirChainAndThoseThatAreNotSealedComeLast() {
        MessageRecord rolling = said(7, 2, 100);
        MessageRecord confirmed = said(10, 1, 100);
        MessageRecord waiting = said(5, UNSEALED, 100);
        MessageRecord opener = said(12, OPENER, 100);
        MessageRecord later = said(6, 0, 101);
        assertEquals(
                List.of(12L, 10L, 7L, 5L, 6L),
                Stream.of(waiting, rolling, later, confirmed, opener)
                        .sorted(MessageOrder.OF_SENDERS)
                        .map(MessageRecord::id)
                        .toList());
    }

    @Test
    void messagesOfOneSecondOnTwoChainsAreInTheOrderOfTheChains() {
        assertEquals(
                List.of(3L, 4L, 1L, 2L, 5L),
                Stream.of(
                                said(1, 8, 0, 100),
                                said(5, -1, UNSEALED, 100),
                                said(2, 8, 1, 100),
                                said(3, 7, 3, 100),
                                said(4, 7, 4, 100))
                        .sorted(MessageOrder.OF_SENDERS)
                        .map(MessageRecord::id)
                        .toList());
    }
}
