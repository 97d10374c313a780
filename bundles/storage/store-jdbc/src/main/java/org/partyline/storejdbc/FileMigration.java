package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.ToLongFunction;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database in one file to a new format: on a copy, which takes the file's place when it is whole.
 *
 * <p>The file itself is never written to. So a crash at any point leaves the old one, and the next start begins again, or
 * the new one. Before that a second copy is put beside it, which stays until the operator removes it.
 */
final class FileMigration {
    /** What changes the copy. */
    @FunctionalInterface
    interface Work {
        void on(Path copy) throws SQLException, StoreException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(FileMigration.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** For what the steps write, beside the copies themselves. */
    private static final long MORE_ROOM = 16L << 20;

    private static final int MEGABYTE = 1 << 20;

    private final Path file;
    private final Clock clock;
    private final ToLongFunction<Path> room;

    /** @param room how many bytes there are for new files in a directory */
    FileMigration(Path file, Clock clock, ToLongFunction<Path> room) {
        this.file = file;
        this.clock = clock;
        this.room = room;
    }

    /**
     * @param from the format that the file has
     * @param to the format that it gets
     * @throws StoreException when there is no room for the copies: then nothing was changed
     */
    void run(int from, int to, Work work) throws IOException, SQLException, StoreException {
        Path directory = file.toAbsolutePath().getParent();
        Path unfinished = directory.resolve(EmbeddedDatabase.NAME + ".backup.part");
        Path copy = directory.resolve(EmbeddedDatabase.NAME + ".migrating" + EmbeddedDatabase.SUFFIX);
        // What a migration left that was cut off.
        Files.deleteIfExists(unfinished);
        Files.deleteIfExists(copy);
        checkRoom(directory, from, to);
        Path backup = directory.resolve(EmbeddedDatabase.NAME + ".format-" + from + "." + STAMP.format(clock.instant())
                + EmbeddedDatabase.SUFFIX);
        try {
            copy(file, unfinished);
            copy(file, copy);
            work.on(copy);
            sync(copy);
            Files.move(unfinished, backup, StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
            Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(directory);
        } finally {
            Files.deleteIfExists(unfinished);
            Files.deleteIfExists(copy);
        }
        LOG.warn(
                "The store was brought from format {} to format {}. As it was before it is in {}; remove that when you miss nothing.",
                from,
                to,
                backup);
    }

    private void checkRoom(Path directory, int from, int to) throws IOException, StoreException {
        long needed = 2 * Files.size(file) + MORE_ROOM;
        long there = room.applyAsLong(directory);
        if (there < needed) {
            throw new StoreException("the store is to be brought from format " + from + " to format " + to
                    + ", which needs " + (needed / MEGABYTE + 1) + " MiB of disk, and " + there / MEGABYTE
                    + " MiB are free in " + directory + ": make room; nothing was changed");
        }
    }

    /** The new file is of this user's alone from its first byte on. */
    private static void copy(Path from, Path to) throws IOException {
        if (Files.getFileStore(from).supportsFileAttributeView("posix")) {
            Files.createFile(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            long size = in.size();
            long at = 0;
            while (at < size) {
                at += in.transferTo(at, size - at, out);
            }
            out.force(true);
        }
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
