package org.partyline.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
    @TempDir
    private Path directory;

    private Path path;
    private SettingsFile file;

    @BeforeEach
    void makeIt() {
        path = directory.resolve("org.partyline.engine.cfg");
        file = new SettingsFile(path);
    }

    @Test
    void aMissingFileIsMadeForItsOwnerOnly() throws IOException {
        file.set("suite-denied", "AES_256_GCM");
        assertEquals("suite-denied = AES_256_GCM\n", Files.readString(path));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void commentsAndOtherKeysStayAndTheKeyStandsOnce() throws IOException {
        Files.writeString(path, "# Which suites may not be used.\n#suite-denied =\nmax-bucket = 64\nsuite-denied=X\n");
        file.set("suite-denied", "SCRYPT,ARGON2ID");
        file.set("paused-nodes", "");
        assertEquals(
                "# Which suites may not be used.\n#suite-denied =\nmax-bucket = 64\n"
                        + "suite-denied = SCRYPT,ARGON2ID\npaused-nodes = \n",
                Files.readString(path));
    }

    @Test
    void aValueOverSeveralLinesIsReplacedWhole() throws IOException {
        Files.writeString(path, "suite-denied = SCRYPT,\\\n    ARGON2ID\nmax-bucket = 64\n");
        file.set("suite-denied", "SCRYPT");
        assertEquals("max-bucket = 64\nsuite-denied = SCRYPT\n", Files.readString(path));
    }

    @Test
    void theTextIsExchangedInOneStep() throws IOException {
        Files.writeString(path, "max-bucket = 64\n");
        Object before = Files.getAttribute(path, "unix:ino");
        file.set("max-bucket", "80");
        assertNotEquals(before, Files.getAttribute(path, "unix:ino"), "it was written in place");
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(path), left.toList());
        }
    }
}
