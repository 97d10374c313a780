package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Overwriting;
import org.partyline.api.SecretBytes;

/**
 * The small file with the secret that everything else in the store depends on: overwriting it erases the store, even if
 * there are copies of the rest.
 *
 * <p>It is never copied, renamed, truncated or extended. It has two slots, each a block of the disk. A new secret is
 * written into the free slot and synchronised; only after that, and after the data that depends on it is on the disk,
 * the slot of the old one is overwritten with random bytes. So a crash leaves the old secret, the new one or both. A
 * free slot contains random bytes.
 *
 * <p>Layout of a slot: sequence number (8 bytes), secret (32), SHA-256 of a label and both (32), random bytes up to
 * 4,096. A slot with another hash was not written completely, or is free. The first number of a file and its slot are
 * random, so that they do not reveal how often the secret was changed.
 *
 * <p>Holds a lock on the file until it is closed. Not thread-safe.
 */
final class KeyFile implements AutoCloseable {
    /** Length of the secret in bytes. */
    static final int SECRET = 32;

    /** The block size of common disks and file systems, so that writing one slot never writes the other. */
    static final int SLOT = 4096;

    private static final int SLOTS = 2;
    private static final byte[] LABEL = "partyline/store keys".getBytes(StandardCharsets.US_ASCII);
    private static final FileAttribute<?> MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Another process, or another part of this one, has opened the file. */
    static final class InUseException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private record Slot(int number, long sequence, SecretBytes secret) {}

    private final SecureRandom random;
    private final FileChannel channel;

    private KeyFile(FileChannel channel, SecureRandom random) {
        this.channel = channel;
        this.random = random;
    }

    /**
     * Opens the file, or creates one without a secret.
     *
     * @param file in a directory that only this user can enter
     * @throws InUseException if it is already open
     */
    static KeyFile open(Path file, SecureRandom random) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        LinkOption.NOFOLLOW_LINKS),
                posix(file) ? new FileAttribute<?>[] {MODE} : new FileAttribute<?>[0]);
        boolean done = false;
        try {
            KeyFile opened = new KeyFile(channel, random);
            opened.lock();
            opened.fill(file);
            done = true;
            return opened;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private void lock() throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw inUse(e);
        }
        if (lock == null) {
            throw inUse(null);
        }
    }

    private static InUseException inUse(@Nullable Exception cause) {
        InUseException inUse = new InUseException();
        inUse.initCause(cause);
        return inUse;
    }

    /** Overwrites all secrets of a file in place, also while it is open elsewhere. Does nothing if it does not exist. */
    static void overwrite(Path file) throws IOException {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                Overwriting.overwrite(channel);
            }
        }
    }

    /** Gives a new or incomplete file its size: from then on its blocks stay where they are. */
    private void fill(Path file) throws IOException {
        if (channel.size() >= (long) SLOTS * SLOT) {
            return;
        }
        for (int number = 0; number < SLOTS; number++) {
            overwrite(number);
        }
        sync(file.toAbsolutePath().getParent());
    }

    /** Ensures that the names in a directory are on the disk. */
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The secrets in the file, the newest first; the caller closes them. More than one only after a crash. */
    List<SecretBytes> secrets() throws IOException {
        return slots().stream().map(Slot::secret).toList();
    }

    private List<Slot> slots() throws IOException {
        List<Slot> slots = new ArrayList<>();
        for (int number = 0; number < SLOTS; number++) {
            byte[] block = new byte[SLOT];
            try {
                if (readWhole(block, number)) {
                    ByteBuffer buffer = ByteBuffer.wrap(block);
                    long sequence = buffer.getLong();
                    byte[] secret = new byte[SECRET];
                    byte[] check = new byte[SECRET];
                    buffer.get(secret).get(check);
                    if (MessageDigest.isEqual(check, check(sequence, secret))) {
                        slots.add(new Slot(number, sequence, SecretBytes.wrap(secret)));
                    } else {
                        Arrays.fill(secret, (byte) 0);
                    }
                }
            } finally {
                Arrays.fill(block, (byte) 0);
            }
        }
        if (slots.size() == SLOTS && slots.get(1).sequence() - slots.get(0).sequence() > 0) {
            return List.of(slots.get(1), slots.get(0));
        }
        return slots;
    }

    private boolean readWhole(byte[] block, int number) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(block);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, (long) number * SLOT + buffer.position()) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes a secret into the slot that does not contain the newest one. When this returns it is on the disk, and the
     * newest.
     *
     * @param secret the caller wipes it
     */
    void add(byte[] secret) throws IOException {
        List<Slot> slots = slots();
        boolean first = slots.isEmpty();
        int number = first ? random.nextInt(SLOTS) : SLOTS - 1 - slots.get(0).number();
        // Far from both ends, so that the difference of two numbers shows which is newer.
        long sequence = first ? random.nextLong() : slots.get(0).sequence() + 1;
        slots.forEach(slot -> slot.secret().close());
        byte[] block = new byte[SLOT];
        random.nextBytes(block);
        try {
            ByteBuffer.wrap(block).putLong(sequence).put(secret).put(check(sequence, secret));
            write(block, number);
        } finally {
            Arrays.fill(block, (byte) 0);
        }
    }

    /**
     * Overwrites every slot except the one with this secret. The rest is gone from the disk when this returns.
     *
     * @param secret the caller wipes it
     */
    void keepOnly(byte[] secret) throws IOException {
        int kept = -1;
        for (Slot slot : slots()) {
            if (MessageDigest.isEqual(slot.secret().expose(), secret)) {
                kept = slot.number();
            }
            slot.secret().close();
        }
        if (kept < 0) {
            throw new IOException("the secret to keep is not in the file");
        }
        // The secret that is kept must be on the disk before the other is erased, even if the last attempt to write it
        // failed.
        channel.force(true);
        for (int number = 0; number < SLOTS; number++) {
            if (number != kept) {
                overwrite(number);
            }
        }
    }

    private void overwrite(int number) throws IOException {
        byte[] noise = new byte[SLOT];
        random.nextBytes(noise);
        write(noise, number);
    }

    private void write(byte[] block, int number) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(block);
        while (buffer.hasRemaining()) {
            channel.write(buffer, (long) number * SLOT + buffer.position());
        }
        channel.force(true);
    }

    private static byte[] check(long sequence, byte[] secret) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(LABEL);
            sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(sequence).array());
            return sha256.digest(secret);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
