package org.partyline.transportembedded;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only file of records: each is on the disk before {@link #append} returns.
 *
 * <p>A record is its length (4 bytes), a CRC-32C over length and payload (4 bytes), and the payload. A crash can leave
 * an incomplete last record, which is truncated when the file is opened again. Damage anywhere else is an error, since
 * truncating there would lose valid records.
 */
final class ChainLog implements Closeable {
    /** The largest payload: a block of small transaction ids is far below. */
    static final int MAX_PAYLOAD = 16 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ChainLog.class);
    private static final byte[] MAGIC = {'P', 'L', 'C', 'H', 'A', 'I', 'N', 1};
    private static final int HEAD = 8;

    /** Receives the records of an opened file, in order. */
    interface Reader {
        void record(long position, byte[] payload) throws IOException;
    }

    private final Path file;
    private final RandomAccessFile disk;
    private final FileLock lock;
    private long end;
    private boolean broken;

    private ChainLog(Path file, RandomAccessFile disk, FileLock lock) {
        this.file = file;
        this.disk = disk;
        this.lock = lock;
    }

    /**
     * Opens or creates the file; only the owner may read it, since it contains the wallet's seed.
     *
     * @throws IOException if it cannot be read, is damaged, or is open elsewhere
     */
    static ChainLog open(Path file, Reader reader) throws IOException {
        makeDirectories(file.toAbsolutePath().getParent());
        makeFile(file);
        // Not a FileChannel, which is closed for everyone when a thread that uses it is interrupted.
        RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw");
        try {
            ChainLog log = new ChainLog(file, disk, lock(file, disk.getChannel()));
            log.replay(reader);
            return log;
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    private static void makeFile(Path file) throws IOException {
        Set<PosixFilePermission> mine = PosixFilePermissions.fromString("rw-------");
        boolean posix = hasPosix(file.toAbsolutePath().getParent());
        if (Files.exists(file)) {
            if (posix) {
                // A copy restored from a backup may be readable by others.
                Files.setPosixFilePermissions(file, mine);
            }
        } else if (posix) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(mine));
        } else {
            Files.createFile(file);
        }
    }

    private static boolean hasPosix(Path directory) throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix");
    }

    private static void makeDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        makeDirectories(directory.getParent());
        Files.createDirectory(directory);
        if (hasPosix(directory)) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static FileLock lock(Path file, FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException(inUse(file), e);
        }
        throw new IOException(inUse(file));
    }

    private static String inUse(Path file) {
        return file + " is in use by another server: give each server its own partyline.home";
    }

    private void replay(Reader reader) throws IOException {
        long size = disk.length();
        if (size < MAGIC.length) {
            disk.setLength(0);
            write(MAGIC, 0);
            syncDirectory();
            end = MAGIC.length;
            return;
        }
        disk.seek(0);
        // Not closed here: that would close the file.
        DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(disk.getFD()), 1 << 16));
        byte[] magic = new byte[MAGIC.length];
        in.readFully(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new IOException(
                    file + " is not a chain of this version: move it to another place to start a new one");
        }
        end = MAGIC.length;
        while (end < size) {
            byte[] payload = next(in, size - end);
            if (payload == null) {
                LOG.warn("{}: removed an unfinished record of {} bytes", file, size - end);
                cut();
                return;
            }
            reader.record(end + HEAD, payload);
            end += HEAD + payload.length;
        }
    }

    /** The next record, or null if the rest of the file is an incomplete one. */
    private byte @Nullable [] next(DataInputStream in, long left) throws IOException {
        if (left < HEAD) {
            return null;
        }
        int length = in.readInt();
        int crc = in.readInt();
        if (length < 0 || length > MAX_PAYLOAD || (length == 0 && crc == 0)) {
            // A file system may extend a file before it writes the content: zeros up to the end were never a record.
            if (length == 0 && onlyZeros(in)) {
                return null;
            }
            throw damaged();
        }
        if (length > left - HEAD) {
            return null;
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        if (crc(payload) != crc) {
            if (length == left - HEAD || onlyZeros(in)) {
                return null;
            }
            throw damaged();
        }
        return payload;
    }

    private IOException damaged() {
        return new IOException(
                file + " is damaged at byte " + end + ": restore it, or move it to another place to start a new chain");
    }

    private static boolean onlyZeros(DataInputStream in) throws IOException {
        for (int b = in.read(); b != -1; b = in.read()) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static int crc(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(4).putInt(0, payload.length));
        crc.update(payload);
        return (int) crc.getValue();
    }

    /**
     * Adds a record. If this fails, nothing was added.
     *
     * @return the position of the payload's first byte
     */
    synchronized long append(byte[] payload) throws IOException {
        if (payload.length > MAX_PAYLOAD) {
            throw new IOException("a record of " + payload.length + " bytes is too large");
        }
        if (broken) {
            throw new IOException(file + " could not be repaired after a failed write: restart the server");
        }
        byte[] frame = ByteBuffer.allocate(HEAD + payload.length)
                .putInt(payload.length)
                .putInt(crc(payload))
                .put(payload)
                .array();
        try {
            write(frame, end);
        } catch (IOException e) {
            takeBack(e);
            throw e;
        }
        end += frame.length;
        return end - payload.length;
    }

    private void takeBack(IOException cause) {
        try {
            cut();
        } catch (IOException e) {
            broken = true;
            cause.addSuppressed(e);
        }
    }

    private void cut() throws IOException {
        disk.setLength(end);
        disk.getFD().sync();
    }

    private void write(byte[] bytes, long position) throws IOException {
        disk.seek(position);
        disk.write(bytes);
        disk.getFD().sync();
    }

    private void syncDirectory() {
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            LOG.debug("{}: this system cannot flush a directory ({})", file, Faults.reason(e));
        }
    }

    /** Reads bytes. */
    synchronized byte[] read(LogPosition place) throws IOException {
        byte[] bytes = new byte[place.length()];
        disk.seek(place.position());
        disk.readFully(bytes);
        return bytes;
    }

    @Override
    public synchronized void close() throws IOException {
        try (RandomAccessFile closing = disk) {
            lock.release();
        }
    }
}
