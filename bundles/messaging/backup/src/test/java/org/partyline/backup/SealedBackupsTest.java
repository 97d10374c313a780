package org.partyline.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.testkit.MemoryStore;

/** Backup files: two exports to the same one, and directories that do not accept any. */
class SealedBackupsTest {
    private static final byte[] FIRST = {1};
    private static final byte[] SECOND = {2};

    @TempDir
    Path directory;

    /** While a backup is written, another export to the same file starts. */
    private final class Meeting extends MemoryStore {
        private final SealedBackups backups = new SealedBackups(new PlainBackupFile(), this);
        private final CompletableFuture<PartylineException> second = new CompletableFuture<>();
        private boolean met;

        @Override
        public void note(String name, String text) {
            super.note(name, text);
            if (met) {
                return;
            }
            met = true;
            Thread other = new Thread(() -> {
                try {
                    backups.write(directory.resolve("backup"), SECOND);
                    second.complete(null);
                } catch (PartylineException e) {
                    second.complete(e);
                }
            });
            other.start();
            while (other.getState() != Thread.State.BLOCKED && other.isAlive()) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void ofTwoExportsToTheSameFileOneIsRefused() throws Exception {
        Meeting store = new Meeting();
        Path file = directory.resolve("backup");
        store.backups.write(file, FIRST);
        assertEquals(
                "the file " + file + " already exists: choose another name",
                store.second.join().getMessage());
        assertArrayEquals(FIRST, Files.readAllBytes(file));
    }

    @Test
    void whyAFileCannotBeWrittenIsSaid() {
        SealedBackups backups = new SealedBackups(new PlainBackupFile(), MemoryStore.open());
        Path file = directory.resolve("b".repeat(255));
        assertEquals(
                "the file " + file + " cannot be written: File name too long; make room or choose another directory",
                assertThrows(NoSuchThingException.class, () -> backups.write(file, FIRST))
                        .getMessage());
        assertFalse(Files.exists(file));
        assertEquals("No space left on device", SealedBackups.reason(new IOException("No space left on device")));
        assertEquals("the server's user has no permission", SealedBackups.reason(new AccessDeniedException("b")));
        assertEquals("FileSystemException", SealedBackups.reason(new FileSystemException("b")));
    }
}
