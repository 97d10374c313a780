package org.partyline.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;

/**
 * Overwrites files with random bytes in place. A disk that writes changes elsewhere, as SSDs and snapshots do, may keep
 * the old bytes.
 */
public final class Overwriting {
    private static final int PORTION = 1 << 16;

    private Overwriting() {}

    /** Overwrites and deletes a file; a link is only deleted. Does nothing if the file does not exist. */
    public static void delete(Path file) throws IOException {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            try (FileChannel channel = open(file)) {
                overwrite(channel);
            }
        }
        Files.deleteIfExists(file);
    }

    /** Overwrites a file and truncates it, also for processes that have it open. */
    public static void empty(Path file) throws IOException {
        try (FileChannel channel = open(file)) {
            overwrite(channel);
            channel.truncate(0);
            channel.force(true);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Overwrites a file that is open for writing, whatever its name is now, and keeps its length. No portion repeats
     * another.
     */
    public static void overwrite(FileChannel channel) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] noise = new byte[PORTION];
        long size = channel.size();
        for (long at = 0; at < size; ) {
            random.nextBytes(noise);
            ByteBuffer portion = ByteBuffer.wrap(noise, 0, (int) Math.min(PORTION, size - at));
            at += channel.write(portion, at);
        }
        channel.force(true);
    }

    /**
     * Overwrites and deletes each file in a directory and its subdirectories, and deletes the subdirectories. Does
     * nothing if the directory does not exist.
     */
    public static void deleteAllIn(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> entries;
        try (Stream<Path> listed = Files.list(directory)) {
            entries = listed.toList();
        }
        for (Path entry : entries) {
            deleteAllIn(entry);
            delete(entry);
        }
    }
}
