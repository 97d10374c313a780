package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.osgi.service.jdbc.DataSourceFactory;
import org.partyline.api.store.StoreException;

/** H2 in a file of this server's, readable by its user only, with no port open. */
final class EmbeddedDatabase implements ConnectionSource {
    /**
     * What is different from H2's defaults, and why.
     *
     * <ul>
     *   <li>no trace file, nothing on the console: what H2 says reaches the log as an exception's cause;
     *   <li>WRITE_DELAY=0: a commit is written before it returns, not half a second later; {@link Database} flushes it to
     *       the disk as well;
     *   <li>RETENTION_TIME=0: space is used again at once, not after 45 s. H2 waits because a disk may hold writes back;
     *       here every commit is flushed. It keeps the file small and overwrites deleted values early;
     *   <li>DB_CLOSE_ON_EXIT=FALSE: no shutdown hook; nothing is lost without one;
     *   <li>CACHE_SIZE: 4 MiB, for the database is small.
     * </ul>
     */
    static final String SETTINGS = ";TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0;DB_CLOSE_ON_EXIT=FALSE"
            + ";WRITE_DELAY=0;RETENTION_TIME=0;CACHE_SIZE=4096";

    /** Name of the database file without {@value #SUFFIX}. */
    static final String NAME = "partyline";

    static final String SUFFIX = ".mv.db";

    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    private final Path directory;
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
        Properties properties = new Properties();
        properties.setProperty(
                DataSourceFactory.JDBC_URL,
                "jdbc:h2:" + fileSystem + directory.toAbsolutePath().resolve(NAME) + SETTINGS);
        properties.setProperty(DataSourceFactory.JDBC_USER, "sa");
        properties.setProperty(DataSourceFactory.JDBC_PASSWORD, "");
        this.dataSource = factory.createDataSource(properties);
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
            throw new StoreException(
                    "the store's directory " + directory + " cannot be used: give this user the right to write there",
                    e);
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
