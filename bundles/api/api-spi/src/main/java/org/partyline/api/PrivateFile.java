package org.partyline.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Writes a file of mode 0600 atomically: a reader sees the old content or the new one, even after a crash. The old
 * content is overwritten on the disk; after a crash, the next write does that.
 */
public final class PrivateFile {
    private PrivateFile() {}

    /** Writes a text. The content and the file's name are on the disk when this returns. */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes bytes. The content and the file's name are on the disk when this returns. */
    public static void write(Path file, byte[] content) throws IOException {
        Path unfinished = unfinished(file);
        Overwriting.delete(unfinished);
        forgetOld(file);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        holdOld(file);
        try {
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        }
        // The old content is deleted only once the new name is on the disk.
        sync(file);
        forgetOld(file);
    }

    /** Overwrites and deletes a file, and whatever an interrupted write has left. */
    public static void delete(Path file) throws IOException {
        forgetOld(file);
        Overwriting.delete(unfinished(file));
        boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        Overwriting.delete(file);
        if (there) {
            sync(file);
        }
    }

    /** The file in which new content is until it is complete; an interrupted write leaves it. */
    public static Path unfinished(Path file) {
        return beside(file, ".new");
    }

    private static Path beside(Path file, String ending) {
        return file.resolveSibling("." + file.getFileName() + ending);
    }

    /** Gives the old file a second name, by which it is found after it was replaced. */
    private static void holdOld(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.createLink(beside(file, ".old"), file);
        } catch (FileSystemException | UnsupportedOperationException e) {
            // A file system without hard links: the old content stays in free blocks.
            return;
        }
    }

    private static void forgetOld(Path file) throws IOException {
        Path old = beside(file, ".old");
        if (!Files.exists(old, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.exists(file) && Files.isSameFile(old, file)) {
            // A crash happened before the new file replaced the old one: these blocks are still in use.
            Files.delete(old);
        } else {
            Overwriting.delete(old);
        }
    }

    /** The names in a directory are on the disk only after the directory was synchronised. */
    private static void sync(Path file) throws IOException {
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
