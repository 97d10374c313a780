package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.apache.karaf.shell.support.CommandException;
import org.junit.jupiter.api.Test;

class ComplaintTest {
    @Test
    void whateverFailsBeginsWithErrorOnceAndWithoutPaint() {
        assertEquals("Error: not today", Complaint.of(new IOException("\u001b[31mnot today\u001b[0m")));
        assertEquals("Error: not today", Complaint.of(new IOException("\u001b[31mError: not today\u001b[0m")));
    }

    @Test
    void aCommandSaysItInItsOwnWords() {
        assertEquals(
                "Error: for whoever reads", Complaint.of(new CommandException("for whoever reads", "for a log", null)));
    }

    @Test
    void whatSaysNothingIsNamed() {
        assertEquals("Error: java.io.IOException", Complaint.of(new IOException()));
    }

    @Test
    void whatWasNotExpectedIsNamedByItsKindOnly() {
        assertEquals(
                "Error: internal error (IllegalStateException): see the log",
                Complaint.of(new IllegalStateException("words of a message")));
        assertEquals(
                "Error: internal error (OutOfMemoryError): see the log",
                Complaint.of(new OutOfMemoryError("words of a message")));
    }
}
