package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.panic.EraseJournal;

class OverwritingTest {
    private static final String TEXT = "what nobody is to read ";

    @TempDir
    Path directory;

    private Path file(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, TEXT.repeat(20_000));
    }

    /** Another name of the same bytes, which shows what happened to them. */
    private Path link(Path file) throws IOException {
        return Files.createLink(directory.resolve("link-" + file.getFileName()), file);
    }

    private static void assertNoise(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(20_000 * TEXT.length(), bytes.length);
        assertFalse(new String(bytes, StandardCharsets.ISO_8859_1).contains(TEXT.substring(0, 8)));
        int[] counts = new int[256];
        for (byte each : bytes) {
            counts[each & 0xff]++;
        }
        for (int count : counts) {
            assertTrue(count > 0);
        }
    }

    @Test
    void aFileIsOverwrittenWhereItLiesBeforeItIsDeleted() throws Exception {
        Path file = file("a");
        Path link = link(file);
        Overwriting.delete(file);
        assertFalse(Files.exists(file));
        assertNoise(link);
        Overwriting.delete(file);
    }

    /** A repeating pattern would show that something was here. */
    @Test
    void noPortionOfTheNoiseRepeatsAnother() throws Exception {
        Path file = file("a");
        Path link = link(file);
        Overwriting.delete(file);
        byte[] bytes = Files.readAllBytes(link);
        Set<String> sectors = new HashSet<>();
        for (int at = 0; at + 512 <= bytes.length; at += 512) {
            assertTrue(sectors.add(new String(bytes, at, 512, StandardCharsets.ISO_8859_1)), "at " + at);
        }
    }

    @Test
    void allInADirectoryGoesAndTheDirectoryStays() throws Exception {
        Path below = file("dir/below/b");
        file("dir/a");
        Path link = link(below);
        Overwriting.deleteAllIn(directory.resolve("dir"));
        try (Stream<Path> left = Files.list(directory.resolve("dir"))) {
            assertEquals(0, left.count());
        }
        assertNoise(link);
        Overwriting.deleteAllIn(directory.resolve("none"));
    }

    @Test
    void aFileThatIsInUseIsEmptiedAndALinkIsNotFollowed() throws Exception {
        Path file = file("a");
        Overwriting.empty(file);
        assertEquals(0, Files.size(file));
        Path other = file("elsewhere");
        Path link = Files.createSymbolicLink(directory.resolve("dir-link"), other);
        Overwriting.delete(link);
        assertFalse(Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.readString(other).startsWith(TEXT));
    }

    @Test
    void theJournalNamesWhatIsLeftAndIsGoneWithTheLast() throws Exception {
        EraseJournal journal = new EraseJournal(directory);
        assertEquals(Set.of(), journal.pending());
        journal.done("store");
        assertFalse(Files.exists(directory.resolve("erasing")));
        journal.begin(Set.of("store", "logs"));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("erasing"))));
        // Another order during an erasure adds to it.
        new EraseJournal(directory).begin(Set.of("audit"));
        assertEquals(Set.of("audit", "logs", "store"), journal.pending());
        journal.done("store");
        journal.done("store");
        journal.done("audit");
        assertArrayEquals("logs\n".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(directory.resolve("erasing")));
        journal.done("logs");
        assertFalse(Files.exists(directory.resolve("erasing")));
    }
}
