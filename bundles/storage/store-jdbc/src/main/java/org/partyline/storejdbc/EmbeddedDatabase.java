package org.partyline.storejdbc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.osgi.service.jdbc.DataSourceFactory;
import org.partyline.api.Faults;
import org.partyline.api.Overwriting;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An H2 database in a file that only this server's user can read, without an open port.
 *
 * <p>H2 encrypts the whole file (AES-128 in XTS mode) with a random key, which is in {@link KeyFile} in clear: it does
 * not protect against anyone with both files. Its purpose is to be erased. H2 writes each file once, from beginning to
 * end, and what it no longer uses stays in free blocks of the disk. So each rewrite of the file uses a new key, and the
 * old key is overwritten: every older copy becomes noise, even for someone with the passphrase.
 */
final class EmbeddedDatabase implements ConnectionSource {
    /**
     * The differences from H2's defaults, and the reasons.
     *
     * <ul>
     * <li>no trace file, no console output: H2's messages reach the log as causes of exceptions;
     * <li>WRITE_DELAY=0: a commit is written before it returns, not half a second later; {@link Database} also flushes
     * it to the disk;
     * <li>REUSE_SPACE=FALSE: nothing in the file is overwritten; it only grows until {@link Database} compacts it. If
     * space is reused, which by default begins 45 s after the start, H2 2.5.252 loses the last few commits when the
     * process is killed, although they were written and flushed: the newest chunk still lists a free chunk of the file,
     * which is overwritten, and at the next start H2 rejects the newest chunk because of it. CrashTest fails without
     * this setting;
     * <li>MAX_COMPACT_TIME=0: closing does not move chunks either;
     * <li>RETENTION_TIME=0: free chunks are forgotten at once, not after 45 s, which makes each commit smaller. With
     * any other value the length of the file would depend on the times of writing, and the files of two servers with
     * the same history would differ;
     *   <li>DB_CLOSE_ON_EXIT=FALSE: no shutdown hook; nothing is lost without one;
     * <li>CACHE_SIZE: 4 MiB, since the database is small;
     * <li>QUERY_CACHE_SIZE: all our statements stay parsed; there are more than the default of 8.
     * </ul>
     */
    static final String SETTINGS = ";TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0;DB_CLOSE_ON_EXIT=FALSE"
            + ";WRITE_DELAY=0;REUSE_SPACE=FALSE;MAX_COMPACT_TIME=0;RETENTION_TIME=0;CACHE_SIZE=4096;QUERY_CACHE_SIZE=32";

    /** Name of the database file without {@value #SUFFIX}. */
    static final String NAME = "partyline";

    static final String SUFFIX = ".mv.db";

    /** The file with the key of the database's file. */
    static final String KEYS = "keys";

    /** The suffix of a new file that is to replace the present one. */
    private static final String NEXT = NAME + ".next";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    /** The block size of H2's files, in bytes. */
    private static final int BLOCK = 4096;

    /** The beginning of a file that is not encrypted as a whole. */
    private static final byte[] PLAIN = "H:2,".getBytes(StandardCharsets.US_ASCII);

    /** The suffix of a file whose key is erased, until it is overwritten. */
    private static final String REMAINS = NAME + ".remains";

    private final Path directory;
    private final Path file;
    private final Path next;
    private final Path keyFile;
    private final KeyErasure erasure;
    private final String fileSystem;
    private final Driver driver;
    private final SecureRandom random = new SecureRandom();

    /** Receives each finished step of a rewrite. */
    @FunctionalInterface
    interface Steps {
        void done(String step) throws IOException;
    }

    /** Lets a test make a rewrite fail, or end the process. */
    Steps steps = step -> {};

    /**
     * @param factory H2's factory
     * @param directory absolute; created if missing
     * @throws StoreException if the path is not allowed in a database URL
     * @throws SQLException if the factory fails
     */
    EmbeddedDatabase(DataSourceFactory factory, Path directory) throws StoreException, SQLException {
        this(factory, directory, "async:");
    }

    /**
     * @param fileSystem H2's file system. The default one closes the file permanently when a thread that uses it is
     *     interrupted, as Ctrl-C does to a console command; "async:" does not.
     */
    EmbeddedDatabase(DataSourceFactory factory, Path directory, String fileSystem) throws StoreException, SQLException {
        if (directory.toString().indexOf(';') >= 0) {
            throw new StoreException(
                    "the store's directory " + directory + " has a ';' in its name: set partyline.home to another one");
        }
        this.directory = directory;
        this.file = directory.resolve(NAME + SUFFIX);
        this.next = directory.resolve(NEXT + SUFFIX);
        this.keyFile = directory.resolve(KEYS);
        this.erasure = new KeyErasure(keyFile);
        this.fileSystem = fileSystem;
        this.driver = factory.createDriver(new Properties());
    }

    private Connection connect(String name, byte[] key) throws SQLException {
        // H2 expects two passwords, separated by a space: the file's, then the user's, which is empty.
        char[] password = new char[2 * key.length + 1];
        try {
            for (int i = 0; i < key.length; i++) {
                password[2 * i] = Character.forDigit(key[i] >> 4 & 0xf, 16);
                password[2 * i + 1] = Character.forDigit(key[i] & 0xf, 16);
            }
            password[2 * key.length] = ' ';
            return connect(name + SETTINGS + ";CIPHER=AES", password);
        } finally {
            Arrays.fill(password, ' ');
        }
    }

    private Connection connect(String nameAndSettings, char[] password) throws SQLException {
        Properties properties = new Properties();
        properties.put("user", "sa");
        properties.put("password", password);
        return driver.connect(
                "jdbc:h2:" + fileSystem + directory.toAbsolutePath().resolve(nameAndSettings), properties);
    }

    @Override
    public Connection open() throws SQLException, StoreException {
        try {
            if (isPlain()) {
                throw new StoreException("the file " + file
                        + " is not encrypted as a whole, and this program cannot read it: nothing was changed; "
                        + Migrations.THROUGH_A_BACKUP);
            }
            // H2 creates files with the process's umask. So the directory is made private first, and the file is
            // created before H2 opens it.
            prepare();
            if (Files.exists(keyFile) && !Files.exists(file)) {
                // The first rewriting would erase that store's key.
                throw new StoreException("the file " + keyFile
                        + " belongs to a store in a database, or to a file that is missing: configure that database,"
                        + " restore the file, or set partyline.home to another directory");
            }
            // Before its key, so that a crash in between does not leave a key alone.
            create(file);
            try (KeyFile keys = KeyFile.open(keyFile, random);
                    SecretBytes key = key(keys)) {
                cutToBlocks();
                return connect(NAME, key.expose());
            }
        } catch (KeyFile.InUseException e) {
            throw new StoreException(Database.IN_USE, e);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private StoreException unusable(IOException e) {
        if (Database.isReadOnly(e)) {
            return new StoreException(Database.READ_ONLY, e);
        }
        if (Database.isFull(e)) {
            return new StoreException(Database.FULL, e);
        }
        return new StoreException(
                "the store's directory " + directory + " cannot be used: give this user write permission", e);
    }

    /**
     * The key of the database's file, after completing an interrupted rewrite.
     *
     * @return the caller closes it
     */
    private SecretBytes key(KeyFile keys) throws IOException, StoreException {
        List<SecretBytes> held = keys.secrets();
        try {
            if (held.isEmpty()) {
                if (isThere(file)) {
                    throw new StoreException("the file " + keyFile
                            + " has no key or is damaged, and the store cannot be opened without it: restore a copy of the "
                            + "whole home, or a backup");
                }
                Files.deleteIfExists(next);
                return fresh(keys);
            }
            boolean unfinished = Files.exists(next);
            if (unfinished && held.size() > 1) {
                // The new key was written when the new file was complete.
                replace();
            } else if (unfinished) {
                Files.delete(next);
            }
            if (unfinished || held.size() > 1) {
                keys.keepOnly(held.get(0).expose());
            }
            return held.get(0).copy();
        } finally {
            held.forEach(SecretBytes::close);
        }
    }

    private SecretBytes fresh(KeyFile keys) throws IOException, StoreException {
        SecretBytes key = newKey();
        erasure.add(keys, key.expose());
        return key;
    }

    private SecretBytes newKey() {
        byte[] key = new byte[KeyFile.SECRET];
        random.nextBytes(key);
        return SecretBytes.wrap(key);
    }

    /**
     * H2 writes whole blocks. If a crash left a partial block at the end of an encrypted file, H2 would remove the same
     * number of bytes from the block before it, which may contain a commit.
     */
    private void cutToBlocks() throws IOException {
        if (Files.exists(file)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() / BLOCK * BLOCK);
            }
        }
    }

    private static boolean isThere(Path file) throws IOException {
        return Files.exists(file) && Files.size(file) > 0;
    }

    /** Replaces the current file with the new one. */
    private void replace() throws IOException {
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        KeyFile.sync(directory);
    }

    @Override
    public boolean rewrite(Connection connection, Map<String, byte[]> meta) throws SQLException, StoreException {
        rewrite(connection, meta, copy -> {});
        return true;
    }

    private void rewrite(Connection connection, Map<String, byte[]> meta, Database.Change change)
            throws SQLException, StoreException {
        try (KeyFile keys = KeyFile.open(keyFile, random);
                SecretBytes key = newKey()) {
            writeNext(connection, meta, change, key);
            connection.close();
            erasure.add(keys, key.expose());
            steps.done("key");
            replace();
            steps.done("file");
            forgetOld(keys, key);
            steps.done("old key");
        } catch (KeyFile.InUseException e) {
            throw new StoreException(Database.IN_USE, e);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private void writeNext(Connection connection, Map<String, byte[]> meta, Database.Change change, SecretBytes key)
            throws IOException, SQLException, StoreException {
        Files.deleteIfExists(next);
        create(next);
        boolean whole = false;
        // Closing the only connection closes the database, so that it is one complete file.
        try {
            try (Connection copy = connect(NEXT, key.expose())) {
                copy.setAutoCommit(false);
                new Copying(connection, copy, meta).run();
                change.make(copy);
                copy.commit();
            }
            KeyFile.sync(next);
            KeyFile.sync(directory);
            whole = true;
            steps.done("copy");
        } finally {
            if (!whole) {
                Files.deleteIfExists(next);
            }
        }
    }

    /** The new file is already valid: if this fails, it is repeated when the store is opened next. */
    private void forgetOld(KeyFile keys, SecretBytes key) {
        try {
            keys.keepOnly(key.expose());
        } catch (IOException e) {
            LOG.warn(
                    "The previous key of the store's file is not overwritten yet; it is when the store is next "
                            + "opened or rewritten ({})",
                    Faults.reason(e));
        }
    }

    @Override
    public void migrate(Migrations migrations, Fence fence) throws SQLException, StoreException {
        int from;
        try (Connection connection = open()) {
            from = Migrations.number(Meta.get(connection, Meta.FORMAT));
            rewrite(connection, Map.of(), migrations::run);
        }
        LOG.warn("The store was migrated from format {} to format {}.", from, migrations.format());
    }

    /** Whether the file was written by a build without a key file. */
    private boolean isPlain() throws IOException {
        if (!isThere(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(PLAIN.length), PLAIN);
        }
    }

    @Override
    public long size() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            LOG.debug("The size of the store's file cannot be read: {}", Faults.reason(e));
            return 0;
        }
    }

    @Override
    public void overwriteKeys() throws IOException {
        erasure.overwrite();
    }

    @Override
    public Optional<Remains> destroy() throws IOException {
        erasure.destroy();
        if (Files.isDirectory(directory)) {
            putAway();
        }
        return Optional.of(this::overwriteRemains);
    }

    @Override
    public Remains remains() {
        return this::overwriteRemains;
    }

    /** Renames the store's files so that no start finds them, except the one that must be overwritten. */
    private void putAway() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, NAME + ".*")) {
            for (Path each : files) {
                if (!each.getFileName().toString().startsWith(REMAINS)) {
                    found.add(each);
                }
            }
        }
        for (Path each : found) {
            Files.move(each, directory.resolve(REMAINS + "." + each.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Overwrites and deletes the files that {@link #destroy} has moved out of the way. */
    private void overwriteRemains() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, REMAINS + "*")) {
            for (Path each : files) {
                Overwriting.delete(each);
            }
        }
    }

    private void prepare() throws IOException {
        Files.createDirectories(directory);
        if (!posix()) {
            return;
        }
        Files.setPosixFilePermissions(directory, DIRECTORY);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path each : files) {
                Files.setPosixFilePermissions(each, FILE);
            }
        }
    }

    /** A file is private to this user from its first byte on. */
    private void create(Path created) throws IOException {
        if (posix() && !Files.exists(created)) {
            Files.createFile(created, PosixFilePermissions.asFileAttribute(FILE));
        }
    }

    private boolean posix() throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix");
    }
}
