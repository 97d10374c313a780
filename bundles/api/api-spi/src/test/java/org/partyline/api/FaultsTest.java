package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private final List<String> log = new ArrayList<>();
    private final Faults faults = new Faults("the round", log::add);

    /** A distinct type, thrown at a distinct place. */
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

    @Test
    void aTraceNamesKindsAndPlacesAndNoWordOfAMessage() {
        Throwable thrown = new IllegalStateException("secret words", new SQLException("secret words", "23505"));
        thrown.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("java.util.Objects", "requireNonNull", "Objects.java", 3),
            new StackTraceElement("org.partyline.Place", "go", "Place.java", 7),
            new StackTraceElement("java.lang.Thread", "run", "Thread.java", 9)
        });
        thrown.getCause().setStackTrace(new StackTraceElement[0]);

        assertEquals(
                "IllegalStateException at java.util.Objects.requireNonNull:3 < Place.go:7, caused by SQLException 23505",
                Faults.trace(thrown));
        assertEquals(Faults.trace(thrown), Faults.reason(thrown));
    }

    @Test
    void aTraceOfAFailureThatIsItsOwnCauseEnds() {
        Exception one = new Exception("one");
        Exception other = new Exception("other", one);
        one.initCause(other);

        assertEquals(5, Faults.trace(one).split("Exception at ", -1).length - 1);
    }

    @Test
    void onlyWhatIsMeantForPeopleIsAReasonInItsOwnWords() {
        assertEquals("the store is locked", Faults.reason(new PartylineException("the store is locked")));
        assertEquals("the node is stopped", Faults.reason(new UnavailableException("the node is stopped")));
        assertEquals(
                "the store failed (Odd at Place.go:7)",
                Faults.reason(new PartylineException("the store failed", new Odd(7))));
        assertEquals("Odd at Place.go:7", Faults.reason(new Odd(7)));
    }
}
