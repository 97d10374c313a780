package org.partyline.messaging.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Any CONTROL body is either read exactly, to the byte, or ignored. */
class ControlBodyFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void anyBodyIsReadAsItStandsOrIgnored(byte[] body) {
        Optional<ControlBody> read = ControlBody.parse(body);
        if (read.isEmpty()) {
            return;
        }
        assertTrue(ControlBody.isAboutMessage(body));
        assertArrayEquals(body, read.get().encode());
        if (read.get() instanceof ControlBody.React react) {
            assertTrue(react.reaction().getBytes(StandardCharsets.UTF_8).length <= Reactions.MOST_BYTES);
            assertFalse(react.reaction().codePoints().anyMatch(Character::isISOControl));
            assertFalse(react.reaction().isBlank() && !react.reaction().isEmpty());
        }
        // Nothing that a sender wrote may be in a log.
        if (read.get() instanceof ControlBody.Reply reply) {
            assertEquals("Reply", reply.toString());
        }
        if (read.get() instanceof ControlBody.Edit edit) {
            assertEquals("Edit", edit.toString());
        }
    }
}
