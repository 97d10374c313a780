package org.partyline.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.health.Finding;

/** What an upgrade left is named, with its age, until it is removed. */
class OldStoresCheckTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    @TempDir
    private Path home;

    @Test
    void aCopyOfTheStoreIsNamedWithItsAge() throws Exception {
        OldStoresCheck check = new OldStoresCheck(Optional.of(home), Clock.fixed(NOW, ZoneOffset.UTC));
        assertEquals(List.of(), check.examine());
        Path store = Files.createDirectory(home.resolve("store"));
        Files.createFile(store.resolve("partyline.mv.db"));
        assertEquals(List.of(), check.examine());
        Path copy = Files.createFile(store.resolve("partyline.format-1.2026-05-22T000000Z.mv.db"));
        Files.setLastModifiedTime(copy, FileTime.from(NOW.minusSeconds(10 * 86_400)));
        Finding found = check.examine().get(0);
        assertEquals(Finding.Verdict.WARNING, found.verdict());
        assertEquals(
                copy
                        + " is the store as it was before an upgrade, 10 days ago: texts and keys that were deleted since are in it",
                found.what());
        assertEquals("rm " + copy + ", when you miss nothing", found.remedy());
    }
}
