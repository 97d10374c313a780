package org.partyline.audit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.audit.AuditLog.Entry;
import org.partyline.testkit.HandSetClock;

class ChainedLogTest {
    private static final String BROKEN = "audit-chain-broken";

    @TempDir
    Path home;

    private final Clock clock =
            HandSetClock.stepping(Instant.parse("2026-03-01T12:00:00.123456789Z"), Duration.ofSeconds(1));
    private Path directory;
    private Path file;

    @BeforeEach
    void place() {
        directory = home.resolve("audit");
        file = directory.resolve("audit.log");
    }

    private ChainedLog open() {
        return open(AuditFiles.MAX_BYTES, RandomAccessFile::write);
    }

    private ChainedLog open(int maxBytes, AuditFiles.Output output) {
        ChainedLog log = new ChainedLog(new AuditFiles(directory, maxBytes, output), clock);
        log.start();
        return log;
    }

    private void write(int count) {
        ChainedLog log = open();
        for (int i = 0; i < count; i++) {
            log.record("unlocked", "number " + i);
        }
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file);
    }

    private static List<String> details(ChainedLog log) {
        return log.newest(Integer.MAX_VALUE).stream().map(Entry::detail).toList();
    }

    private static List<Entry> broken(ChainedLog log) {
        return log.newest(1000).stream()
                .filter(entry -> entry.event().equals(BROKEN))
                .toList();
    }

    /** Checks the chain as described in the documentation, without using this bundle. */
    private static void checkChain(List<String> lines, String before, long first)
            throws IOException, NoSuchAlgorithmException {
        String hash = before;
        long number = first;
        for (String line : lines) {
            JsonNode node = new ObjectMapper().readTree(line);
            assertEquals(hash, node.required("prev").asText());
            assertEquals(number++, node.required("n").asLong());
            hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void anEventIsALineOfJsonChainedToTheOneBefore() throws Exception {
        ChainedLog log = open();
        log.record("unlocked", "the store was opened");
        log.record("handshake-refused", "it offered only ✗ suites");
        JsonNode first = new ObjectMapper().readTree(lines().get(0));
        assertEquals("unlocked", first.required("event").asText());
        assertEquals("the store was opened", first.required("detail").asText());
        assertEquals(
                Instant.parse("2026-03-01T12:00:01.123Z"),
                Instant.parse(first.required("time").asText()));
        assertEquals(5, first.size());
        checkChain(lines(), "0".repeat(64), 1);
        assertEquals(2, lines().size());
    }

    @Test
    void theChainGoesOnAfterAStart() throws Exception {
        for (int start = 0; start < 5; start++) {
            write(3);
        }
        checkChain(lines(), "0".repeat(64), 1);
        ChainedLog log = open();
        assertEquals(15, log.newest(1000).size());
        assertEquals(List.of(), broken(log));
    }

    @Test
    void onlyTheUserMayReadIt() throws IOException {
        write(1);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        open();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void theNewestComeOldestFirst() {
        ChainedLog log = open();
        assertEquals(List.of(), log.newest(10));
        for (int i = 0; i < 5; i++) {
            log.record("unlocked", "number " + i);
        }
        assertEquals(
                List.of("number 3", "number 4"),
                log.newest(2).stream().map(Entry::detail).toList());
        assertEquals(5, log.newest(6).size());
        assertEquals(List.of(), log.newest(0));
        assertEquals(List.of(), log.newest(-1));
    }

    @Test
    void aThousandAreKeptInMemory() {
        write(1500);
        ChainedLog log = open();
        assertEquals(1000, log.newest(5000).size());
        assertEquals("number 500", details(log).get(0));
        log.record("unlocked", "one more");
        assertEquals("number 501", details(log).get(0));
    }

    @Test
    void filesRotateBySizeAndFiveAreKept() throws Exception {
        ChainedLog log = open(2000, RandomAccessFile::write);
        for (int i = 0; i < 200; i++) {
            log.record("unlocked", "number " + i);
        }
        List<String> names;
        try (var files = Files.list(directory)) {
            names = files.map(path -> path.getFileName().toString()).sorted().toList();
        }
        assertEquals(List.of("audit.log", "audit.log.1", "audit.log.2", "audit.log.3", "audit.log.4"), names);
        List<String> all = new ArrayList<>();
        for (int i = 4; i >= 0; i--) {
            Path each = i == 0 ? file : directory.resolve("audit.log." + i);
            assertTrue(Files.size(each) <= 2000);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
            all.addAll(Files.readAllLines(each));
        }
        JsonNode oldest = new ObjectMapper().readTree(all.get(0));
        checkChain(all, oldest.required("prev").asText(), 200 - all.size() + 1);
        ChainedLog again = open(2000, RandomAccessFile::write);
        assertEquals(List.of(), broken(again));
        assertEquals("number 199", again.newest(1).get(0).detail());
    }

    @Test
    void theRealFilesHoldAMebibyte() throws Exception {
        ChainedLog log = open();
        String detail = "words ".repeat(160).strip();
        for (int i = 0; i < 1000; i++) {
            log.record("unlocked", detail);
        }
        long size = Files.size(directory.resolve("audit.log.1"));
        assertTrue(size <= 1 << 20 && size > (1 << 20) - 2000, "size: " + size);
    }

    /** Any line except the last. */
    @Test
    void aLineThatIsTakenOutIsNoticed() throws Exception {
        write(6);
        List<String> whole = lines();
        for (int i = 0; i < whole.size() - 1; i++) {
            List<String> cut = new ArrayList<>(whole);
            cut.remove(i);
            Files.write(file, cut);
            List<Entry> found = broken(open());
            assertEquals(1, found.size(), "line " + i);
            assertTrue(found.get(0).detail().startsWith("audit.log line " + (i + 1) + ", number " + (i + 2)));
        }
    }

    @Test
    void aLineThatIsChangedMovedOrAddedIsNoticed() throws Exception {
        write(6);
        List<String> whole = lines();
        for (int i = 0; i < whole.size() - 1; i++) {
            List<String> changed = new ArrayList<>(whole);
            changed.set(i, whole.get(i).replace("number " + i, "number x"));
            Files.write(file, changed);
            assertEquals(1, broken(open()).size());
            List<String> moved = new ArrayList<>(whole);
            moved.add(i, moved.remove(i + 1));
            Files.write(file, moved);
            assertEquals(1, broken(open()).size());
            List<String> added = new ArrayList<>(whole);
            added.add(i, i % 2 == 0 ? "{\"n\":" : whole.get(5));
            Files.write(file, added);
            assertEquals(1, broken(open()).size());
        }
    }

    @Test
    void aFileThatIsTakenAwayIsNoticed() throws Exception {
        ChainedLog log = open(2000, RandomAccessFile::write);
        for (int i = 0; i < 25; i++) {
            log.record("unlocked", "number " + i);
        }
        Path first = directory.resolve("audit.log.2");
        assertTrue(Files.exists(first) && Files.notExists(directory.resolve("audit.log.3")));
        Path kept = home.resolve("kept");
        Files.move(first, kept);
        assertEquals(1, broken(open(2000, RandomAccessFile::write)).size(), "the first");
    }

    @Test
    void aBreakIsWrittenOnceAndNotAtEachStart() throws Exception {
        write(6);
        List<String> cut = lines();
        cut.remove(2);
        Files.write(file, cut);
        for (int start = 0; start < 4; start++) {
            assertEquals(1, broken(open()).size());
        }
        cut = lines();
        cut.remove(cut.size() - 2);
        Files.write(file, cut);
        assertEquals(2, broken(open()).size(), "another break");
    }

    @Test
    void aLineThatACrashCutShortIsTakenAway() throws Exception {
        write(3);
        List<String> whole = lines();
        String torn = whole.get(2).substring(0, 40);
        Files.writeString(file, torn, StandardOpenOption.APPEND);
        ChainedLog log = open();
        log.record("locked", "after the crash");
        assertEquals(List.of(), broken(log));
        assertEquals(4, lines().size());
        checkChain(lines(), "0".repeat(64), 1);
        Files.writeString(file, torn);
        assertDoesNotThrow(() -> open().record("locked", "nothing but half a line"));
        checkChain(lines(), "0".repeat(64), 1);
    }

    /** A disk that becomes full in the middle of a line. */
    private static final class Disk implements AuditFiles.Output {
        private boolean full;

        @Override
        public void write(RandomAccessFile out, byte[] bytes) throws IOException {
            if (full) {
                out.write(bytes, 0, bytes.length / 2);
                throw new IOException("No space left on device");
            }
            out.write(bytes);
        }
    }

    @Test
    void whatAFullDiskDoesNotTakeIsWrittenLater() throws Exception {
        Disk disk = new Disk();
        ChainedLog log = open(AuditFiles.MAX_BYTES, disk);
        log.record("unlocked", "before");
        disk.full = true;
        for (int i = 0; i < 300; i++) {
            log.record("handshake-refused", "number " + i);
        }
        assertEquals(1, lines().size(), "no half lines");
        assertEquals(301, log.newest(1000).size());
        disk.full = false;
        log.record("locked", "after");
        assertEquals(302, lines().size());
        checkChain(lines(), "0".repeat(64), 1);
        assertEquals(details(log), details(open()));
    }

    @Test
    void ofMoreThanAThousandThatWaitTheOldestGoAndTheGapIsWritten() throws Exception {
        Disk disk = new Disk();
        ChainedLog log = open(AuditFiles.MAX_BYTES, disk);
        disk.full = true;
        for (int i = 0; i < 1500; i++) {
            log.record("handshake-refused", "number " + i);
        }
        assertEquals(1000, log.newest(2000).size());
        disk.full = false;
        log.record("locked", "after");
        assertEquals(1001, lines().size());
        checkChain(lines(), "0".repeat(64), 1);
        assertTrue(lines().get(0).contains("audit-gap"));
        assertTrue(lines().get(0).contains("501 events before this one were not written"));
        assertTrue(lines().get(1).contains("number 501\""));
    }

    @Test
    void aDirectoryThatCannotBeMadeLosesNothing() throws Exception {
        Files.createFile(directory);
        ChainedLog log = open();
        log.record("unlocked", "first");
        log.record("locked", "second");
        assertEquals(List.of("first", "second"), details(log));
        Files.delete(directory);
        log.record("unlocked", "third");
        assertEquals(3, lines().size());
        checkChain(lines(), "0".repeat(64), 1);
    }

    /** Entries that existed before the disk became unreadable come first. */
    @Test
    void aLogThatCannotBeReadAtTheStartIsReadLater() throws Exception {
        write(3);
        Path away = home.resolve("away");
        Files.move(directory, away);
        Files.createFile(directory);
        ChainedLog log = open();
        log.record("unlocked", "while away");
        Files.delete(directory);
        Files.move(away, directory);
        log.record("locked", "back");
        assertEquals(List.of("number 0", "number 1", "number 2", "while away", "back"), details(log));
        checkChain(lines(), "0".repeat(64), 1);
        assertEquals(5, lines().size());
    }

    @Test
    void aFileThatIsDeletedWhileTheServerRunsIsMadeAgainAndTheBreakIsNoticed() throws Exception {
        ChainedLog log = open();
        log.record("unlocked", "first");
        Files.delete(file);
        Files.delete(directory);
        log.record("unlocked", "second");
        assertEquals(1, lines().size());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(1, broken(open()).size());
    }

    @Test
    void anInterruptedThreadLosesNoLine() throws Exception {
        ChainedLog log = open();
        Thread.currentThread().interrupt();
        log.record("unlocked", "interrupted");
        log.record("unlocked", "interrupted");
        assertTrue(Thread.interrupted());
        assertEquals(2, lines().size());
    }

    @Test
    void threadsDoNotTearTheChain() throws Exception {
        ChainedLog log = open(20_000, RandomAccessFile::write);
        List<Entry> followed = new ArrayList<>();
        log.follow(followed::add);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> done = IntStream.range(0, 8)
                    .<Future<?>>mapToObj(thread -> threads.submit(() -> {
                        for (int i = 0; i < 50; i++) {
                            log.record("unlocked", "thread " + thread + " number " + i);
                        }
                    }))
                    .toList();
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(400, log.newest(1000).size());
        assertEquals(log.newest(1000), followed, "in the order of the log");
        ChainedLog again = open(20_000, RandomAccessFile::write);
        assertEquals(List.of(), broken(again));
        assertEquals(details(log), details(again));
    }

    @Test
    void aFollowerIsToldUntilItCloses() throws Exception {
        ChainedLog log = open();
        List<Entry> one = new ArrayList<>();
        List<Entry> other = new ArrayList<>();
        AutoCloseable first = log.follow(one::add);
        AutoCloseable second = log.follow(other::add);
        log.record("unlocked", "both");
        first.close();
        first.close();
        log.record("locked", "one");
        second.close();
        log.record("locked", "none");
        assertEquals(log.newest(3).subList(0, 1), one);
        assertEquals(log.newest(3).subList(0, 2), other);
    }

    @Test
    void aFollowerThatFailsHarmsNobody() throws IOException {
        ChainedLog log = open();
        List<Entry> told = new ArrayList<>();
        log.follow(entry -> {
            throw new IllegalStateException("a follower's own fault");
        });
        log.follow(told::add);
        log.record("unlocked", "words");
        assertEquals(1, told.size());
        assertEquals(1, lines().size());
    }

    @Test
    void aFollowerThatThrowsAnErrorKeepsNothingFromAnybody() {
        ChainedLog log = open();
        List<Entry> told = new ArrayList<>();
        log.follow(entry -> {
            throw new StackOverflowError();
        });
        log.follow(told::add);
        log.record("unlocked", "words");
        log.record("locked", "words");
        assertEquals(2, told.size());
    }

    @Test
    void aFollowerMayRecordAnEventItself() throws Exception {
        ChainedLog log = open();
        List<String> told = new ArrayList<>();
        log.follow(entry -> {
            if (entry.event().equals("handshake-refused")) {
                log.record("contact-blocked", "after three of them");
            }
        });
        log.follow(entry -> told.add(entry.event()));
        log.record("handshake-refused", "words");
        assertEquals(List.of("handshake-refused", "contact-blocked"), told);
        checkChain(lines(), "0".repeat(64), 1);
    }

    @Test
    void noSecretReachesTheDiskTheMemoryOrAFollower() throws IOException {
        String hex = "84fdfb44baddc10a6918096bc1baa0059abc1764e6047f8e0d9a67a7d588882d";
        String card = "plcard1qyp5ysru7u72ufhepjg3rru3fdx2s825yjar8nwr6tg20uc03tmraq3ph2x0dwf3n4";
        ChainedLog log = open();
        List<Entry> followed = new ArrayList<>();
        log.follow(followed::add);
        log.record("refused", "key " + hex + " of 'alice' with " + card);
        log.record(hex, "");
        log.record(card, "");
        String disk = Files.readString(file);
        for (String text :
                new String[] {disk, followed.toString(), log.newest(9).toString()}) {
            assertFalse(text.contains("baddc10a"));
            assertFalse(text.contains("qyp5ysru"));
            assertFalse(text.contains("alice"));
            assertTrue(text.contains("key [redacted] of '…' with [redacted]"));
        }
    }

    @Test
    void anyTextIsOneLineThatReadsTheSame() throws IOException {
        Random random = new Random(20260305);
        ChainedLog log = open();
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                text.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
            }
            log.record(text.toString(), text.toString());
        }
        assertEquals(300, lines().size());
        assertEquals(log.newest(1000), open().newest(1000));
    }

    /**
     * A distinguishing game: of two servers with the same starts, one was used, and its log is erased quietly. Nobody
     * can tell the two logs apart.
     */
    @Test
    void erasedQuietlyItIsTheLogOfAServerWhoseStoreWasAlwaysEmpty() throws Exception {
        Random random = new Random(20261130);
        Path honest = home.resolve("honest");
        Path used = home.resolve("used");
        ChainedLog one = new ChainedLog(new AuditFiles(honest, 4096, RandomAccessFile::write), clock);
        HandSetClock same = HandSetClock.stepping(Instant.parse("2026-03-01T12:00:00.123456789Z"), Duration.ZERO);
        ChainedLog other = new ChainedLog(new AuditFiles(used, 4096, RandomAccessFile::write), same);
        List<String> common = List.of("bundle-started", "node-released", "unlock-refused", "unlocked", "locked");
        List<String> ofUse = List.of("backup-made", "contact-removed", "handshake-refused", "passphrase-changed");
        for (int i = 0; i < 40; i++) {
            String event = common.get(random.nextInt(common.size()));
            one.record(event, "number " + i);
            same.set(one.newest(1).get(0).time());
            other.record(event, "number " + i);
            for (int more = random.nextInt(3); more > 0; more--) {
                other.record(ofUse.get(random.nextInt(ofUse.size())), "what it was used for");
            }
        }
        assertNotEquals(content(honest), content(used));
        other.eraseQuietly();
        assertEquals(content(honest), content(used));
        assertTrue(content(used).size() > 1, "more than one file");
        assertEquals(one.newest(1000), other.newest(1000));
        one.record("locked", "the store was locked");
        same.set(one.newest(1).get(0).time());
        other.record("locked", "the store was locked");
        assertEquals(content(honest), content(used));
    }

    private static Map<String, String> content(Path directory) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                content.put(each.getFileName() + " " + Files.getPosixFilePermissions(each), Files.readString(each));
            }
        }
        return content;
    }
}
