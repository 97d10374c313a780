package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PasteTest {
    /** Returns the line typed at a terminal that sends these keys. */
    private static String line(String keys) throws Exception {
        try (ExternalTerminal terminal = new ExternalTerminal(
                null,
                "test",
                "xterm",
                new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8)),
                OutputStream.nullOutputStream(),
                StandardCharsets.UTF_8,
                Terminal.SignalHandler.SIG_DFL,
                true)) {
            terminal.enterRawMode();
            terminal.resume();
            LineReaderImpl reader = (LineReaderImpl)
                    LineReaderBuilder.builder().terminal(terminal).build();
            reader.setParser((text, cursor, context) -> null);
            reader.setOpt(LineReader.Option.DISABLE_EVENT_EXPANSION);
            reader.getWidgets().put(LineReader.BEGIN_PASTE, new Paste(reader));
            return reader.readLine();
        }
    }

    @Test
    void endsOfLinesAreEndsOfLinesWhateverTheTerminalSends() throws Exception {
        assertEquals("say a\nb\nc\nd!", line("say \u001b[200~a\rb\r\nc\nd\u001b[201~!\r"));
    }

    @Test
    void anotherPasteIsTakenOnce() throws Exception {
        assertEquals("one two", line("\u001b[200~one\u001b[201~ \u001b[200~two\u001b[201~\r"));
    }

    @Test
    void whatNeverEndsIsNoLine() {
        assertThrows(EndOfFileException.class, () -> line("say \u001b[200~a\r"));
    }
}
