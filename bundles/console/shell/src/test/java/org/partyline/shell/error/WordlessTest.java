package org.partyline.shell.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class WordlessTest {
    @Test
    void itSaysWhatItIsAndWhereAndNoWord() {
        Wordless wordless = Wordless.of(new IllegalStateException("secret", new IOException("secret")));

        assertEquals("java.lang.IllegalStateException", wordless.getMessage());
        assertEquals("java.io.IOException", wordless.getCause().getMessage());
        StackTraceElement[] calls = wordless.getStackTrace();
        assertTrue(calls[calls.length - 1].getClassName().startsWith("org.partyline."), wordless::toString);
    }

    @Test
    void aFailureThatIsItsOwnCauseEnds() {
        Exception one = new Exception("one");
        Exception other = new Exception("other", one);
        one.initCause(other);

        int causes = 0;
        for (Throwable at = Wordless.of(one); at != null; at = at.getCause()) {
            causes++;
        }
        assertEquals(8, causes);
    }
}
