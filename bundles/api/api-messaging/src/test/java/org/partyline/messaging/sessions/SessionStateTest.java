package org.partyline.messaging.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SessionStateTest {
    private static byte[] answer(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** Otherwise a contact who asks again and again would make the record grow without a limit. */
    @Test
    void theAnswersOfTheLast32HandshakesAreKnown() {
        SessionState session = new SessionState();
        for (int i = 0; i < 100; i++) {
            session.shaken(answer(i));
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(i >= 68, session.hasShaken(answer(i)), "handshake " + i);
        }
        assertEquals(32 * Long.BYTES, session.handshakes.length);
    }

    @Test
    void anAnswerIsKnownOnlyAsAWhole() {
        SessionState session = new SessionState();
        session.shaken(answer(1L << 32));
        session.shaken(answer(1));
        assertTrue(session.hasShaken(answer(1)));
        assertFalse(session.hasShaken(answer(0)), "half of each");
    }
}
