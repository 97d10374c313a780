package org.partyline.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.api.health.Finding.Verdict;

/** Files that others can access are found, and private ones are not. */
class FilesCheckTest {
    @TempDir
    private Path home;

    @BeforeEach
    void closed() throws IOException {
        mode(home, "rwx------");
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private Finding look() throws PartylineException {
        List<Finding> all = new FilesCheck(List.of(home)).examine();
        assertEquals(1, all.size());
        return all.get(0);
    }

    @Test
    void filesOfThisUserAloneAreRight() throws IOException, PartylineException {
        mode(Files.createFile(home.resolve("store")), "rw-------");
        assertEquals(Verdict.OK, look().verdict());
    }

    @Test
    void aFileThatOthersCanReadIsUnsafeWhereTheyCanComeToIt() throws IOException, PartylineException {
        Path file = Files.createFile(home.resolve("store"));
        mode(file, "rw-r--r--");
        assertEquals(Verdict.OK, look().verdict(), "the directory is closed");
        mode(home, "rwx--x--x");
        Finding open = look();
        assertEquals(Verdict.UNSAFE, open.verdict());
        assertTrue(open.what().startsWith(file + " can be read"), open::what);
        assertEquals("chmod -R go-rwx '" + home + "'", open.remedy());
    }

    @Test
    void whatIsInAClosedDirectoryIsClosed() throws IOException, PartylineException {
        mode(home, "rwx--x--x");
        Path inner = Files.createDirectory(home.resolve("inner"));
        mode(Files.createFile(inner.resolve("store")), "rw-r--r--");
        mode(inner, "rwx------");
        assertEquals(Verdict.OK, look().verdict());
        mode(inner, "rwxr-xr-x");
        assertEquals(Verdict.UNSAFE, look().verdict());
    }

    @Test
    void manyFilesAreCounted() throws IOException, PartylineException {
        mode(home, "rwx--x--x");
        for (int i = 0; i < 5; i++) {
            mode(Files.createFile(home.resolve("file" + i)), "rw-r-----");
        }
        assertTrue(look().what().contains(" and 2 more can be read"), look().what());
    }

    @Test
    void whatBelongsToAnotherUserIsUnsafe() throws IOException, PartylineException {
        Path file = Files.createFile(home.resolve("store"));
        try {
            Files.setOwner(
                    file, home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        } catch (IOException e) {
            assumeTrue(false, "only root can give a file away");
        }
        mode(home, "rwx--x--x");
        Finding foreign = look();
        assertEquals(Verdict.UNSAFE, foreign.verdict());
        assertEquals(file + " belongs to another user", foreign.what());
    }
}
