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
 * <p>The whole file is encrypted (AES-128 in XTS mode, by H2) under a random key, which is in {@link KeyFile} in clear: it protects
 * nothing from anyone with both files. It is there to be forgotten. H2 writes each file once, from its beginning to its end, and what
 * it no longer uses stays in the free blocks of the disk. So whenever the file is rewritten, it gets another key, and the
 * old one is overwritten: every older copy is noise then, anyone with the passphrase.
 */
final class EmbeddedDatabase implements ConnectionSource {
    /**
     * What is different from H2's defaults, and why.
     *
     * <ul>
     *   <li>no trace file, nothing on the console: what H2 says reaches the log as an exception's cause;
     *   <li>WRITE_DELAY=0: a commit is written before it returns, not half a second later; {@link Database} flushes it to
     *       the disk as well;
     *   <li>REUSE_SPACE=FALSE: nothing in the file is overwritten, it only grows until {@link Database} compacts it. With
     *       space used again, which happens 45 s after the start by default, H2 2.5.252 loses the last few commits when
     *       the process is killed, although they were written and flushed: a chunk of the file that is free lies in the
     *       list of the chunks that the newest one still names, is overwritten, and on the next start the newest one is
     *       refused for it. CrashTest shows it when this is taken out;
     *   <li>MAX_COMPACT_TIME=0: closing does not move chunks about either;
     *   <li>RETENTION_TIME=0: chunks that are free are forgotten at once, not after 45 s, which makes each commit smaller. With
     *       any other time the length of the file would depend on when was written, and the files of two servers that did
     *       the same would differ;
     *   <li>DB_CLOSE_ON_EXIT=FALSE: no shutdown hook; nothing is lost without one;
     *   <li>CACHE_SIZE: 4 MiB, for the database is small;
     *   <li>QUERY_CACHE_SIZE: all our statements stay parsed; there are more than the default of 8.
     * </ul>
     */
    static final String SETTINGS = ";TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0;DB_CLOSE_ON_EXIT=FALSE"
            + ";WRITE_DELAY=0;REUSE_SPACE=FALSE;MAX_COMPACT_TIME=0;RETENTION_TIME=0;CACHE_SIZE=4096;QUERY_CACHE_SIZE=32";

    /** Name of the database file without {@value #SUFFIX}. */
    static final String NAME = "partyline";

    static final String SUFFIX = ".mv.db";

    /** The file with the key of the database's file. */
    static final String KEYS = "keys";

    /** Of a file that is being written to take the present one's place. */
    private static final String NEXT = NAME + ".next";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    /** Of H2's files, in bytes. */
    private static final int BLOCK = 4096;

    /** What a file begins with that is not encrypted as a whole. */
    private static final byte[] PLAIN = "H:2,".getBytes(StandardCharsets.US_ASCII);

    /** Of a file whose key is gone, until it is overwritten. */
    private static final String REMAINS = NAME + ".remains";

    private final Path directory;
    private final Path file;
    private final Path next;
    private final Path keyFile;
    private final String fileSystem;
    private final Driver driver;
    private final SecureRandom random = new SecureRandom();

    /** Receives each finished step of a rewrite. */
    @FunctionalInterface
    interface Steps {
        void done(String step) throws IOException;
    }

    /** Where a test lets a rewriting fail, or ends the process. */
    Steps steps = step -> {};

    /**
     * @param factory H2's
     * @param directory absolute; made when it is missing
     * @throws StoreException when the path cannot be in a database URL
     * @throws SQLException when the factory refuses
     */
    EmbeddedDatabase(DataSourceFactory factory, Path directory) throws StoreException, SQLException {
        this(factory, directory, "async:");
    }

    /**
     * @param fileSystem H2's file system. The usual one closes the file for good when a thread that uses it is
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
        this.fileSystem = fileSystem;
        this.driver = factory.createDriver(new Properties());
    }

    private Connection connect(String name, byte[] key) throws SQLException {
        // H2 takes two passwords in one, with a space between them: the file's, then the user's, which is empty.
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
            // H2 makes files with the process's umask. So the directory is closed first, and the file is there before.
            prepare();
            try (KeyFile keys = KeyFile.open(keyFile, random);
                    SecretBytes key = key(keys)) {
                create(file);
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
     * The key of the database's file, after what a crash left was brought to its end.
     *
     * @return the caller's to close
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
                // The new key was written when the new file was whole.
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

    private SecretBytes fresh(KeyFile keys) throws IOException {
        SecretBytes key = newKey();
        keys.add(key.expose());
        return key;
    }

    private SecretBytes newKey() {
        byte[] key = new byte[KeyFile.SECRET];
        random.nextBytes(key);
        return SecretBytes.wrap(key);
    }

    /**
     * H2 writes whole blocks. Where a crash left a part of one at the end of an encrypted file, H2 would take as much off the block
     * before, which may be a committed one.
     */
    private void cutToBlocks() throws IOException {
        if (Files.exists(file) && Files.size(file) % BLOCK != 0) {
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
            keys.add(key.expose());
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
        // Closing the only connection closes the database: it is one whole file then.
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

    /** The new file counts already: what fails here is done when the store is opened next. */
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

    /** Whether the file is of a build that had no key file. */
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
    public Optional<Remains> destroy() throws IOException {
        Overwriting.delete(keyFile);
        if (Files.isDirectory(directory)) {
            putAway();
        }
        return Optional.of(this::overwriteRemains);
    }

    @Override
    public Remains remains() {
        return this::overwriteRemains;
    }

    /** Gives files of the store names by which no start finds them, but that of what is to be overwritten. */
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

    /** Overwrites and deletes what {@link #destroy} has put out of the way. */
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

    /** A file is of this user's alone from its first byte on. */
    private void create(Path created) throws IOException {
        if (posix() && !Files.exists(created)) {
            Files.createFile(created, PosixFilePermissions.asFileAttribute(FILE));
        }
    }

    private boolean posix() throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix");
    }
}
