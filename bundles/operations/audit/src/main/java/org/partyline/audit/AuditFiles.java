package org.partyline.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages the files {@code audit.log}, {@code audit.log.1} … {@code audit.log.4}, newest first, mode 0600 in a
 * directory of mode 0700. A file is opened for each line, so it may be moved away while the server runs.
 *
 * <p>Not thread-safe; the log's lock guards it.
 */
final class AuditFiles {
    /** Longest file in bytes. */
    static final int MAX_BYTES = 1 << 20;
    /** The maximum number of files. */
    static final int MOST_FILES = 5;

    private static final Logger LOG = LoggerFactory.getLogger(AuditFiles.class);
    private static final String NAME = "audit.log";
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    /** Writes bytes to a file; tests simulate a full disk. */
    @FunctionalInterface
    interface Output {
        void write(RandomAccessFile file, byte[] bytes) throws IOException;
    }

    private final Path directory;
    private final int maxBytes;
    private final Output output;

    AuditFiles(Path directory) {
        this(directory, MAX_BYTES, RandomAccessFile::write);
    }

    AuditFiles(Path directory, int maxBytes, Output output) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.output = output;
    }

    Path directory() {
        return directory;
    }

    /** The existing files, the oldest first. */
    List<Path> oldestFirst() {
        List<Path> files = new ArrayList<>();
        for (int i = MOST_FILES - 1; i >= 0; i--) {
            if (Files.exists(file(i))) {
                files.add(file(i));
            }
        }
        return files;
    }

    /** Whether older lines may have been deleted with a rotated file. */
    boolean isFull() {
        return Files.exists(file(MOST_FILES - 1));
    }

    /** The complete lines of a file, without line ends. */
    static List<byte[]> lines(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        List<byte[]> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                lines.add(Arrays.copyOfRange(content, start, i));
                start = i + 1;
            }
        }
        return lines;
    }

    /** Creates the directory, and removes others' permissions to it and the files. */
    void prepare() throws IOException {
        Files.createDirectories(directory);
        if (!posix()) {
            return;
        }
        Files.setPosixFilePermissions(directory, DIRECTORY);
        for (Path file : oldestFirst()) {
            Files.setPosixFilePermissions(file, FILE);
        }
    }

    /**
     * Writes a line, completely or not at all, and waits until it is on the disk.
     *
     * @param line without its line end
     * @throws IOException if it is not written
     */
    void append(byte[] line) throws IOException {
        byte[] whole = Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        Path current = file(0);
        if (Files.exists(current) && Files.size(current) + whole.length > maxBytes) {
            rotate();
        }
        if (Files.notExists(current)) {
            prepare();
            create(current);
        }
        // Not a channel: an interrupt, such as by Ctrl-C in the console, would close it and lose the line.
        try (RandomAccessFile file = new RandomAccessFile(current.toFile(), "rw")) {
            long end = endOfLastLine(file);
            if (end < file.length()) {
                LOG.warn("The last line of {} was cut short by a crash or a full disk: it is removed", current);
                file.setLength(end);
            }
            file.seek(end);
            try {
                output.write(file, whole);
                file.getFD().sync();
            } catch (IOException e) {
                file.setLength(end);
                throw e;
            }
        }
    }

    /**
     * Writes the first files, as if the lines had been appended one after another; lines without room are dropped.
     * @param lines without line ends
     */
    void writeAll(List<byte[]> lines) throws IOException {
        prepare();
        Deque<ByteArrayOutputStream> contents = new ArrayDeque<>();
        for (byte[] line : lines) {
            if (contents.isEmpty() || contents.getFirst().size() + line.length + 1 > maxBytes) {
                contents.addFirst(new ByteArrayOutputStream());
            }
            contents.getFirst().writeBytes(line);
            contents.getFirst().write('\n');
        }
        int age = 0;
        for (ByteArrayOutputStream content : contents) {
            if (age == MOST_FILES) {
                return;
            }
            create(file(age));
            try (RandomAccessFile file = new RandomAccessFile(file(age).toFile(), "rw")) {
                output.write(file, content.toByteArray());
                file.getFD().sync();
            }
            age++;
        }
    }

    private static long endOfLastLine(RandomAccessFile file) throws IOException {
        long end = file.length();
        while (end > 0) {
            file.seek(end - 1);
            if (file.read() == '\n') {
                return end;
            }
            end--;
        }
        return 0;
    }

    /** Each move replaces the file before it, so a crash in between leaves a gap in the names but loses nothing. */
    private void rotate() throws IOException {
        for (int i = MOST_FILES - 2; i >= 0; i--) {
            if (Files.exists(file(i))) {
                Files.move(file(i), file(i + 1), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private void create(Path file) throws IOException {
        if (posix()) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
        } else {
            Files.createFile(file);
        }
    }

    private boolean posix() throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix");
    }

    private Path file(int age) {
        return directory.resolve(age == 0 ? NAME : NAME + "." + age);
    }
}
