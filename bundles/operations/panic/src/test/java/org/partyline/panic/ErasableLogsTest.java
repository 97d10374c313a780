package org.partyline.panic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErasableLogsTest {
    private static final LocalDateTime STARTED = LocalDateTime.parse("2026-03-01T12:00:00");

    @TempDir
    Path directory;

    private ErasableLogs logs() {
        return new ErasableLogs(Optional.of(directory), STARTED);
    }

    @Test
    void theFileThatIsWrittenToIsEmptiedAndTheOlderOnesAreGone() throws Exception {
        Path current = directory.resolve("partyline.log");
        Files.writeString(current, "what happened today\n");
        Files.writeString(directory.resolve("partyline.1.log"), "what happened yesterday\n");
        Files.writeString(directory.resolve("out.log.2"), "what was printed\n");
        try (BufferedWriter open = Files.newBufferedWriter(current, StandardOpenOption.APPEND)) {
            logs().erase();
            open.write("and what comes after\n");
        }
        assertEquals("and what comes after\n", Files.readString(current));
        assertFalse(Files.exists(directory.resolve("partyline.1.log")));
        assertFalse(Files.exists(directory.resolve("out.log.2")));
    }

    @Test
    void afterADuressPassphraseTheLogIsThatOfAServerThatWasStartedAndNotUsed() throws Exception {
        Path current = directory.resolve("partyline.log");
        Files.writeString(current, """
                2026-02-28T09:00:00,000 INFO  Main                             a start before this one
                2026-03-01T12:00:01,000 INFO  Main                             this start
                2026-03-01T12:00:02,000 WARN  X                                a bundle was slow
                java.io.IOException: it did not answer
                2026-03-01T12:00:05,000 INFO  VaultService                     the store is open
                2026-03-01T12:20:05,000 INFO  Something                        what it was used for
                """);
        Files.writeString(directory.resolve("partyline.1.log"), "older\n");
        logs().eraseQuietly();
        assertEquals("""
                2026-03-01T12:00:01,000 INFO  Main                             this start
                2026-03-01T12:00:02,000 WARN  X                                a bundle was slow
                java.io.IOException: it did not answer
                """, Files.readString(current));
        assertFalse(Files.exists(directory.resolve("partyline.1.log")));
        assertTrue(Files.exists(current));
    }

    @Test
    void linesOfJsonAreKeptAsLinesOfTextAre() throws Exception {
        Path current = directory.resolve("partyline.jsonl");
        String before =
                STARTED.minusDays(1).atZone(ZoneId.systemDefault()).toInstant().toString();
        String started = STARTED.plusSeconds(1)
                .atZone(ZoneId.systemDefault())
                .toInstant()
                .toString();
        String line = "{\"time\":\"%s\",\"level\":\"INFO\",\"message\":\"%s\"}\n";
        Files.writeString(
                current,
                line.formatted(before, "a start before this one")
                        + line.formatted(started, "this start")
                        + line.formatted(started, "the store is open")
                        + line.formatted(started, "what it was used for"));
        Files.writeString(directory.resolve("partyline.1.jsonl"), "older\n");
        logs().eraseQuietly();
        assertEquals(line.formatted(started, "this start"), Files.readString(current));
        assertFalse(Files.exists(directory.resolve("partyline.1.jsonl")));
    }

    @Test
    void withoutADirectoryThereIsNothingToErase() throws Exception {
        new ErasableLogs(Optional.empty(), STARTED).erase();
        new ErasableLogs(Optional.of(directory.resolve("none")), STARTED).erase();
    }
}
