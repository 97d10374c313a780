package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is replaced as a whole. Another name of its bytes shows what happens to the old one. */
class PrivateFileTest {
    private static final String OLD = "what nobody is to read any more";
    private static final String NEW = "what is there now";

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("file");
    }

    private Path link(String name) throws IOException {
        return Files.createLink(directory.resolve("link"), directory.resolve(name));
    }

    private static boolean holds(Path link, String text) throws IOException {
        return Files.readString(link, StandardCharsets.ISO_8859_1).contains(text.substring(0, 8));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theOldContentIsOverwrittenWhereItLies() throws Exception {
        PrivateFile.write(file(), OLD);
        Path link = link("file");
        PrivateFile.write(file(), NEW);
        assertEquals(NEW, Files.readString(file()));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        assertEquals(OLD.length(), Files.size(link));
        assertFalse(holds(link, OLD));
        assertEquals(List.of("file", "link"), files());
    }

    @Test
    void whatIsDeletedIsOverwrittenWhereItLies() throws Exception {
        PrivateFile.write(file(), OLD);
        Path link = link("file");
        PrivateFile.delete(file());
        assertFalse(holds(link, OLD));
        assertEquals(List.of("link"), files());
        PrivateFile.delete(file());
    }

    @Test
    void whatACrashLeftBeforeTheNewOneTookItsPlaceIsKept() throws Exception {
        PrivateFile.write(file(), OLD);
        Files.createLink(directory.resolve(".file.old"), file());
        Files.writeString(directory.resolve(".file.new"), "half");
        PrivateFile.delete(directory.resolve("other"));
        assertEquals(OLD, Files.readString(file()));
        Path link = link("file");
        PrivateFile.write(file(), NEW);
        assertEquals(NEW, Files.readString(file()));
        assertFalse(holds(link, OLD));
        assertEquals(List.of("file", "link"), files());
    }

    @Test
    void whatACrashLeftAfterTheNewOneTookItsPlaceIsOverwrittenByTheNextWriting() throws Exception {
        Files.writeString(directory.resolve(".file.old"), OLD);
        PrivateFile.write(file(), "in between");
        Files.writeString(directory.resolve(".file.old"), OLD);
        Path link = link(".file.old");
        assertTrue(holds(link, OLD));
        PrivateFile.write(file(), NEW);
        assertFalse(holds(link, OLD));
        assertEquals(List.of("file", "link"), files());
    }

    @Test
    void aSymbolicLinkIsReplacedAndWhatItNamesStays() throws Exception {
        Path other = Files.writeString(directory.resolve("other"), OLD);
        Files.createSymbolicLink(file(), other);
        PrivateFile.write(file(), NEW);
        assertEquals(OLD, Files.readString(other));
        assertEquals(NEW, Files.readString(file()));
        assertEquals(List.of("file", "other"), files());
    }
}
