package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.osgi.service.jdbc.DataSourceFactory;
import org.partyline.api.Overwriting;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** H2 in a file of this server's, readable by its user only, with no port open. */
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
     *   <li>RETENTION_TIME: chunks that are free are forgotten after 1 s, not 45, which makes each commit smaller;
     *   <li>DB_CLOSE_ON_EXIT=FALSE: no shutdown hook; nothing is lost without one;
     *   <li>CACHE_SIZE: 4 MiB, for the database is small.
     * </ul>
     */
    static final String SETTINGS = ";TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0;DB_CLOSE_ON_EXIT=FALSE"
            + ";WRITE_DELAY=0;REUSE_SPACE=FALSE;MAX_COMPACT_TIME=0;RETENTION_TIME=1000;CACHE_SIZE=4096";

    /** Name of the database file without {@value #SUFFIX}. */
    static final String NAME = "partyline";

    static final String SUFFIX = ".mv.db";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    /** Of a file whose wrapped key is gone, until it is overwritten. */
    private static final String REMAINS = NAME + ".remains";

    private final Path directory;
    private final DataSourceFactory factory;
    private final String fileSystem;
    private final DataSource dataSource;

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
                    "the store's directory " + directory + " has a ';' in its name: set partyline.home to another");
        }
        this.directory = directory;
        this.factory = factory;
        this.fileSystem = fileSystem;
        this.dataSource = dataSource(NAME);
    }

    private DataSource dataSource(String name) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(
                DataSourceFactory.JDBC_URL,
                "jdbc:h2:" + fileSystem + directory.toAbsolutePath().resolve(name) + SETTINGS);
        properties.setProperty(DataSourceFactory.JDBC_USER, "sa");
        properties.setProperty(DataSourceFactory.JDBC_PASSWORD, "");
        return factory.createDataSource(properties);
    }

    @Override
    public Connection open() throws SQLException, StoreException {
        try {
            // H2 makes files with the process's umask. So the directory is closed first, and the file is there before.
            prepare();
            Connection connection = dataSource.getConnection();
            try {
                tighten();
            } catch (IOException e) {
                connection.close();
                throw e;
            }
            return connection;
        } catch (IOException e) {
            if (Database.isReadOnly(e)) {
                throw new StoreException(Database.READ_ONLY, e);
            }
            throw new StoreException(
                    "the store's directory " + directory + " cannot be used: give this user the right to write there",
                    e);
        }
    }

    @Override
    public void migrate(Migrations migrations, Fence fence) throws SQLException, StoreException {
        int from;
        try (Connection connection = open()) {
            from = Migrations.number(Meta.get(connection, Meta.FORMAT));
        }
        try {
            new FileMigration(directory.resolve(NAME + SUFFIX), Clock.systemUTC(), EmbeddedDatabase::room)
                    .run(from, migrations.format(), copy -> migrate(copy, migrations));
        } catch (IOException e) {
            throw new StoreException(
                    "the store in " + directory + " could not be brought from format " + from + " to format "
                            + migrations.format() + " (" + e.getClass().getSimpleName()
                            + "): look at the disk, and start again; it is as it was",
                    e);
        }
    }

    private void migrate(Path copy, Migrations migrations) throws SQLException, StoreException {
        String file = copy.getFileName().toString();
        // Closing the only connection closes the database: the copy is one whole file then.
        try (Connection connection =
                dataSource(file.substring(0, file.length() - SUFFIX.length())).getConnection()) {
            connection.setAutoCommit(false);
            migrations.run(connection);
            connection.commit();
        }
    }

    private static long room(Path directory) {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            LOG.debug("The free space cannot be read", e);
            return Long.MAX_VALUE;
        }
    }

    @Override
    public long size() {
        try {
            return Files.size(directory.resolve(NAME + SUFFIX));
        } catch (IOException e) {
            LOG.debug("The size of the store's file cannot be read", e);
            return 0;
        }
    }

    @Override
    public Optional<Remains> destroy(byte[] wrap) throws IOException {
        Path file = directory.resolve(NAME + SUFFIX);
        if (Files.exists(file)) {
            new WrittenKey(wrap).overwriteIn(file);
            putAway(name -> name.startsWith(NAME + "."));
        }
        return Optional.of(this::overwriteRemains);
    }

    @Override
    public Remains remains() {
        return this::overwriteRemains;
    }

    /** Gives files of the store names by which no start finds them, but that of what is to be overwritten. */
    private void putAway(Predicate<String> which) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (which.test(name) && !name.startsWith(REMAINS)) {
                    found.add(file);
                }
            }
        }
        for (Path file : found) {
            Files.move(file, directory.resolve(REMAINS + "." + file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Override
    public void forgetCopies() throws IOException {
        putAway(name -> name.startsWith(NAME + ".format-"));
        overwriteRemains();
    }

    /** Overwrites and deletes what {@link #destroy} has put out of the way, the store itself and all copies of it. */
    private void overwriteRemains() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.startsWith(REMAINS)) {
                    Overwriting.delete(file);
                }
            }
        }
    }

    private void prepare() throws IOException {
        Files.createDirectories(directory);
        if (!posix()) {
            return;
        }
        Files.setPosixFilePermissions(directory, DIRECTORY);
        try {
            Files.createFile(directory.resolve(NAME + SUFFIX), PosixFilePermissions.asFileAttribute(FILE));
        } catch (FileAlreadyExistsException e) {
            // Compacting makes the file anew, with the umask's permissions.
            tighten();
        }
    }

    private void tighten() throws IOException {
        if (!posix()) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, NAME + ".*")) {
            for (Path file : files) {
                Files.setPosixFilePermissions(file, FILE);
            }
        }
    }

    private boolean posix() throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix");
    }
}
