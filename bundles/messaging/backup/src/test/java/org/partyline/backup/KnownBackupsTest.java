package org.partyline.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.partyline.api.PartylineException;
import org.partyline.api.PrivateFile;
import org.partyline.api.panic.Erasable;
import org.partyline.testkit.MemoryStore;

class KnownBackupsTest {
    @TempDir
    Path directory;

    private final MemoryStore store = MemoryStore.open();

    private KnownBackups backups() {
        return new KnownBackups(store, directory);
    }

    private Path backup(String name) throws Exception {
        Path file = directory.resolve(name);
        Files.writeString(file, "PLBACKUP and what is sealed");
        KnownBackups.remember(store, file);
        return file;
    }

    @Test
    void eachBackupThatWasMadeGoesAlsoFromALockedStore() throws Exception {
        Path first = backup("a");
        Path second = backup("b");
        backup("a");
        store.lock();
        KnownBackups backups = backups();
        backups.prepare();
        backups.erase();
        assertFalse(Files.exists(first));
        assertFalse(Files.exists(second));
        assertFalse(Files.exists(directory.resolve("erasing-backups")));
        backups.erase();
    }

    @Test
    void afterAnEndInTheMiddleTheyAreStillKnown() throws Exception {
        Path first = backup("a");
        backups().prepare();
        store.note(KnownBackups.NOTE, null);
        KnownBackups next = backups();
        next.prepare();
        next.erase();
        assertFalse(Files.exists(first));
    }

    /** The server died, or the disk was full, while it was written. */
    @Test
    void whatIsLeftOfABackupThatWasNotFinishedGoesToo() throws Exception {
        Path file = directory.resolve("a");
        Path part = PrivateFile.unfinished(file);
        Files.writeString(part, "PLBACKUP and some of what is sealed");
        KnownBackups.remember(store, file);
        KnownBackups backups = backups();
        backups.prepare();
        backups.erase();
        assertFalse(Files.exists(part));
    }

    @Test
    void whatHasTheNameByNowAndIsNoBackupStays() throws Exception {
        Path other = backup("a");
        Files.writeString(other, "a letter");
        Path gone = backup("b");
        Files.delete(gone);
        KnownBackups backups = backups();
        backups.prepare();
        backups.erase();
        assertTrue(Files.exists(other));
    }

    @Test
    void oneThatCannotBeErasedIsNamedAndIsErasedNextTime() throws Exception {
        Path unreadable = Path.of("/proc/self/mem");
        assumeTrue(Files.isRegularFile(unreadable));
        KnownBackups.remember(store, unreadable);
        Path first = backup("a");
        KnownBackups backups = backups();
        backups.prepare();
        PartylineException left = assertThrows(PartylineException.class, backups::erase);
        assertEquals("not erased: /proc/self/mem; delete by hand", left.getMessage());
        assertFalse(Files.exists(first));
        assertTrue(Files.exists(directory.resolve("erasing-backups")));
    }

    @Test
    void aNameOfTwoLinesIsNotKnownAsTwoFiles() throws Exception {
        KnownBackups.remember(store, directory.resolve("a\n" + directory.resolve("b")));
        assertEquals(Optional.empty(), store.note(KnownBackups.NOTE));
    }

    @Test
    void theyAreErasedAfterWhatIsErasedFast() throws Exception {
        Path first = backup("a");
        KnownBackups backups = new KnownBackups(store, context("partyline.home"));
        assertEquals("backups", backups.name());
        assertEquals(Erasable.SLOW, backups.rank());
        backups.prepare();
        assertTrue(Files.exists(directory.resolve("erasing-backups")));
        backups.erase();
        assertFalse(Files.exists(first));
    }

    @Test
    void theyAreErasedAlsoWithoutASettingForTheHome() throws Exception {
        Path first = backup("a");
        // The store is there.
        Files.createDirectory(directory.resolve("partyline"));
        KnownBackups backups = new KnownBackups(store, context("karaf.data"));
        backups.prepare();
        backups.erase();
        assertFalse(Files.exists(first));
    }

    private BundleContext context(String property) {
        return (BundleContext) Proxy.newProxyInstance(
                KnownBackupsTest.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (self, method, arguments) -> arguments[0].equals(property) ? directory.toString() : null);
    }

    @Test
    void noMoreThanTwentyAreKnown() throws Exception {
        for (int i = 0; i < 25; i++) {
            KnownBackups.remember(store, directory.resolve("b" + i));
        }
        String known = store.note(KnownBackups.NOTE).orElseThrow();
        assertEquals(20, known.lines().count());
        assertTrue(known.endsWith("b24"));
        assertFalse(known.contains("b4\n"));
    }
}
