package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.Mode;

/** Lines from standard input, without a socket: with one, the client is asked for each byte of them. */
class CommandsTest {
    @Test
    void aLineThatNeverEndsIsRefused() {
        byte[] line = ("test:say " + "x".repeat(Link.LONGEST)).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream in = new ByteArrayInputStream(line);
        // There is no session, and nothing of the line may reach it.
        Commands commands =
                new Commands(null, new AwaitedInput(in), new PrintStream(err, true, StandardCharsets.UTF_8), null);

        assertEquals(1, commands.runLines(Mode.STOP_AT_FAILURE));
        assertEquals("Error: a line is longer than 1048576 bytes\n", err.toString(StandardCharsets.UTF_8));
    }
}
