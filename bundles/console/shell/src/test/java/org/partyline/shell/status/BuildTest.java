package org.partyline.shell.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path distribution;

    private Build of(String written) throws Exception {
        Files.createDirectories(distribution.resolve("lib"));
        Files.writeString(distribution.resolve("lib/commit"), written);
        return Build.of("0.1.0", distribution.toString());
    }

    @Test
    void itNamesTheCommitAndWhetherTheSourcesWereOthers() throws Exception {
        assertEquals("0.1.0, commit 0123456789ab", of(COMMIT + "\n").text());
        assertEquals(Optional.of(COMMIT), of(COMMIT + "\n").commit());
        assertEquals(
                "0.1.0, commit 0123456789ab+changes", of(COMMIT + "+changes\n").text());
    }

    @Test
    void aBuildWhoseCommitIsNotKnownHasNone() throws Exception {
        assertEquals("0.1.0", of("unknown\n").text());
        assertEquals("0.1.0", of("").text());
        assertEquals(
                "0.1.0",
                Build.of("0.1.0", distribution.resolve("none").toString()).text());
        assertEquals("0.1.0", Build.of("0.1.0", null).text());
    }
}
