package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.testkit.HandSetClock;

class RelayQuestionsTest {
    private static final int MOST = 4096;

    private final RelayQuestions questions = new RelayQuestions(new HandSetClock());

    private boolean isDue(int transaction) {
        return questions.isDue(TxId.ofBytes(
                ByteBuffer.allocate(TxId.LENGTH).putInt(transaction).array()));
    }

    @Test
    void theOldestOfSoManyIsForgotten() {
        for (int i = 0; i < MOST; i++) {
            assertTrue(isDue(i));
        }
        assertFalse(isDue(0));
        assertTrue(isDue(MOST));
        assertFalse(isDue(1));
        assertTrue(isDue(0));
    }
}
