package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private final List<String> log = new ArrayList<>();
    private final Faults faults = new Faults("the round", log::add);

    /** Of a type of its own, thrown at a place of its own. */
    private static final class Odd extends Error {
        private static final long serialVersionUID = 1L;

        Odd(int line) {
            super("secret words");
            setStackTrace(
                    new StackTraceElement[] {new StackTraceElement("org.partyline.Place", "go", "Place.java", line)});
        }
    }

    private static void odd(int line) {
        throw new Odd(line);
    }

    private static int deep(int n) {
        return 1 + deep(n + 1);
    }

    @Test
    void nothingThatARoundThrowsGetsOut() {
        assertFalse(faults.survive(() -> {
            throw new OutOfMemoryError("secret words");
        }));
        assertEquals("OutOfMemoryError", faults.last());
        assertFalse(faults.survive(() -> deep(0)));
        assertEquals("StackOverflowError", faults.last());

        assertTrue(faults.survive(() -> {}));
        assertEquals("", faults.last());
    }

    @Test
    void aCauseIsToldOnceByTypeAndPlaceAndWithoutItsWords() {
        for (int i = 0; i < 3; i++) {
            assertFalse(faults.survive(() -> odd(7)));
        }

        assertEquals(List.of("the round failed (Odd at Place.go:7); it is tried again"), log);
    }

    @Test
    void onlySoManyCausesAreTold() {
        for (int i = 0; i < 2 * Faults.MOST_CAUSES; i++) {
            int line = i;
            faults.survive(() -> odd(line));
        }

        assertEquals(Faults.MOST_CAUSES, log.size());
    }

    @Test
    void aLogThatFailsGetsNothingOutEither() {
        Faults deaf = new Faults("the round", line -> {
            throw new OutOfMemoryError();
        });

        assertFalse(deaf.survive(() -> odd(1)));
        assertFalse(deaf.last().isEmpty());
    }
}
