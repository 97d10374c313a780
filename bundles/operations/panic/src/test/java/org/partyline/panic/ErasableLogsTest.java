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
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

    private static final String HONEST = """
            Feb 28, 2026 8:59:58 AM org.apache.karaf.main.Main launch
            INFO: Installing and starting initial bundles
            2026-02-28T09:00:00,000 INFO  ProcessHardening                 memory is not locked: 64 of 128 KiB
            2026-02-28T09:00:01,000 INFO  BundleWatch                      bundle-started: org.partyline.fees 0.1.0
            2026-02-28T09:10:00,000 INFO  VaultService                     the store was created
            2026-02-28T09:10:01,000 WARN  NodeWatch                        node 'core' is quarantined: it does not answer
            2026-02-28T09:30:00,000 INFO  VaultService                     the store is locked
            Mar 1, 2026 12:00:01 PM org.apache.karaf.main.Main launch
            INFO: Installing and starting initial bundles
            2026-03-01T12:00:01,000 INFO  ProcessHardening                 memory is not locked: 65 of 128 KiB
            2026-03-01T12:00:02,000 WARN  SecurityLog                      security: unlock-refused: a wrong passphrase
            2026-03-01T12:00:05,000 INFO  VaultService                     the store is open
            2026-03-01T12:20:09,000 INFO  VaultService                     the store is locked
            """;

    private static String after(String text, String line, String more) {
        assertTrue(text.contains(line), line);
        return text.replace(line, line + more);
    }

    @Test
    void afterADuressPassphraseTheLogIsThatOfAServerWhoseStoreWasAlwaysEmpty() throws Exception {
        String use = """
                2026-03-01T12:20:05,000 INFO  Rereading                        a channel was joined: no node and the store is open
                2026-03-01T12:20:06,000 WARN  SecurityLog                      security: handshake-refused: a contact
                java.io.IOException: what it was used for
                """;
        String earlier = use.replace("2026-03-01T12", "2026-02-28T09");
        String used =
                after(HONEST, "T09:10:00,000 INFO  VaultService                     the store was created\n", earlier);
        used = after(used, "T09:30:00,000 INFO  VaultService                     the store is locked\n", earlier);
        used = after(used, "T12:00:05,000 INFO  VaultService                     the store is open\n", use);
        used = after(used, "T12:20:09,000 INFO  VaultService                     the store is locked\n", use);
        Path current = directory.resolve("partyline.log");
        int half = used.indexOf("2026-02-28T09:10:01");
        Files.writeString(directory.resolve("partyline.1.log"), used.substring(0, used.indexOf("INFO:")));
        Files.writeString(directory.resolve("partyline.2.log"), used.substring(used.indexOf("INFO:"), half));
        Files.writeString(current, used.substring(half));
        Files.writeString(directory.resolve("out.log.2"), "what was printed\n");
        logs().eraseQuietly();
        assertEquals(HONEST, Files.readString(current));
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(current), left.toList());
        }
    }

    @Test
    void linesOfJsonAreKeptAsLinesOfTextAre() throws Exception {
        Path current = directory.resolve("partyline.jsonl");
        ZonedDateTime started = STARTED.atZone(ZoneId.systemDefault());
        String honest = json(started.minusDays(1), "hardening: 64 KiB")
                + json(started.minusDays(1), "the store was created")
                + json(started.plusSeconds(1), "hardening: 65 KiB")
                + json(started.plusSeconds(2), "the store is open");
        String use = json(started.minusDays(1), "a start before this one: the store is open");
        Files.writeString(
                current,
                use
                        + honest
                        + json(started.plusSeconds(3), "hardening was used for this")
                        + json(started.plusSeconds(3), "what it was used for"));
        logs().eraseQuietly();
        assertEquals(honest, Files.readString(current));
    }

    private static String json(ZonedDateTime time, String message) {
        String utc = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
                .format(time.withZoneSameInstant(ZoneOffset.UTC));
        return "{\"time\":\"%s\",\"level\":\"INFO\",\"logger\":\"org.partyline.X\",\"message\":\"%s\",\"error\":\"\"}\n"
                .formatted(utc, message);
    }

    @Test
    void whatJavaItselfPrintedStays() throws Exception {
        Path console = directory.resolve("console.log");
        Files.writeString(console, "WARNING: A terminally deprecated method was called\n\"pool-1-thread-1\" at work\n");
        logs().eraseQuietly();
        assertEquals("WARNING: A terminally deprecated method was called\n", Files.readString(console));
    }

    @Test
    void withoutADirectoryThereIsNothingToErase() throws Exception {
        new ErasableLogs(Optional.empty(), STARTED).erase();
        new ErasableLogs(Optional.of(directory.resolve("none")), STARTED).erase();
    }
}
