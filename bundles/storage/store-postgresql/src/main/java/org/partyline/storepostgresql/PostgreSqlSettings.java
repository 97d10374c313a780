package org.partyline.storepostgresql;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ssl.DefaultJavaSSLFactory;
import org.postgresql.util.PSQLState;

/**
 * The address of the shared database, and its credentials. The password stays in its file until a connection is made.
 *
 * @param host name or address
 * @param database its name
 * @param passwordFile a file of mode 0600
 * @param rootCertificates the trusted certificates for the database's server; null: Java's
 * @param name the name of this server that others see
 */
public record PostgreSqlSettings(
        String host,
        int port,
        String database,
        String user,
        Path passwordFile,
        @Nullable Path rootCertificates,
        String name) {
    /** The name of the configuration. */
    public static final String PID = "org.partyline.store.postgresql";

    static final String STANDARD_USER = "partyline";
    static final String STANDARD_PASSWORD_FILE = "postgresql.password";

    private static final String URL = "url";
    private static final Pattern ADDRESS = Pattern.compile(
            "jdbc:postgresql://(?<host>[A-Za-z0-9._-]{0,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::(?<port>[1-9][0-9]{0,4}))?"
                    + "/(?<database>[A-Za-z0-9_-]{1,63})");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_-]{1,63}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,60}");
    private static final String HERE = "localhost";
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]");
    private static final String SCRAM = "scram-sha-256";
    /** The class of SQL states for a rejected user. */
    private static final String NOT_AUTHORIZED = "28";

    private static final int USUAL_PORT = 5432;
    private static final int MOST_PORT = 65_535;
    private static final int MOST_PASSWORD = 1024;
    private static final int LONGEST_SHOWN = 80;
    private static final int CONNECT_SECONDS = 4;
    private static final Set<PosixFilePermission> FOR_OTHERS = EnumSet.complementOf(EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));

    /** Whether a shared database is configured. */
    public static boolean isSet(Map<String, ?> properties) {
        return !text(properties, URL, "").isEmpty();
    }

    /**
     * @param properties as in the file
     * @param etc the base of relative paths
     * @throws IllegalArgumentException if a value is wrong: which one, and what is valid
     */
    public static PostgreSqlSettings parse(Map<String, ?> properties, Path etc) {
        String url = text(properties, URL, "");
        Matcher address = ADDRESS.matcher(url);
        if (!address.matches()) {
            // The value may contain a password.
            throw wrong(
                    URL, "", "must be jdbc:postgresql://[HOST][:PORT]/DATABASE, without user, password and parameters");
        }
        int port = address.group("port") == null ? USUAL_PORT : Integer.parseInt(address.group("port"));
        if (port > MOST_PORT) {
            throw wrong(URL, " = " + url, "must have a port of 1 to " + MOST_PORT);
        }
        String user = matching(properties, "user", STANDARD_USER, USER, "must be 1 to 63 letters, digits, _ and -");
        String certificates = text(properties, "root-certificates", "");
        return new PostgreSqlSettings(
                address.group("host").isEmpty() ? HERE : address.group("host"),
                port,
                address.group("database"),
                user,
                path(properties, "password-file", STANDARD_PASSWORD_FILE, etc),
                certificates.isEmpty() ? null : path(properties, "root-certificates", "", etc),
                matching(properties, "name", hostName(), NAME, "must be 1 to 60 letters, digits, ., _ and -"));
    }

    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return NAME.matcher(name).matches() ? name : "server";
        } catch (UnknownHostException e) {
            return "server";
        }
    }

    private static String text(Map<String, ?> properties, String key, String standard) {
        Object value = properties.get(key);
        String text = value == null ? "" : value.toString().strip();
        return text.isEmpty() ? standard : text;
    }

    private static String matching(
            Map<String, ?> properties, String key, String standard, Pattern pattern, String rule) {
        String text = text(properties, key, standard);
        if (!pattern.matcher(text).matches()) {
            throw wrong(key, " = " + shown(text), rule);
        }
        return text;
    }

    private static Path path(Map<String, ?> properties, String key, String standard, Path etc) {
        String text = text(properties, key, standard);
        try {
            return etc.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw wrong(key, " = " + shown(text), "must be the path of a file");
        }
    }

    /**
     * Makes a text from the database or a file safe for a terminal and a log: line ends, terminal controls and
     * invisible characters are replaced by question marks. The administrator of the database controls such texts.
     */
    public static String printable(String text) {
        return String.valueOf(text).replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]", "?");
    }

    private static String shown(String text) {
        String line = printable(text);
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "…";
    }

    private static IllegalArgumentException wrong(String key, String value, String rule) {
        return new IllegalArgumentException(PID + ".cfg: " + key + value + ": it " + rule);
    }

    /** Whether the database is on this machine, so that nobody else sees the traffic. */
    public boolean isHere() {
        return LOOPBACK.matcher(host).matches();
    }

    /**
     * Opens a connection: through PostgreSQL's Unix socket if there is one on this machine, otherwise by TCP. To
     * another machine only over TLS, to a server whose certificate has its name.
     *
     * @param application the name of the connection in PostgreSQL
     * @param answerSeconds how long an answer may take before the connection counts as broken
     * @throws SQLException without a state if the password cannot be read; its message is for the operator
     */
    public Connection connect(String application, int answerSeconds) throws SQLException {
        return connect(application, answerSeconds, LocalSocket.DIRECTORIES);
    }

    Connection connect(String application, int answerSeconds, List<Path> directories) throws SQLException {
        Path socket = isHere() ? LocalSocket.find(directories, port) : null;
        try {
            return open(application, answerSeconds, socket);
        } catch (SQLException e) {
            if (socket == null || !isOnlyTheSocket(e)) {
                throw e;
            }
            try {
                return open(application, answerSeconds, null);
            } catch (SQLException overTcp) {
                overTcp.addSuppressed(e);
                throw overTcp;
            }
        }
    }

    /** Nobody listens at the socket, or it rejects this server's user; a password by TCP may work. */
    private static boolean isOnlyTheSocket(SQLException e) {
        return e.getCause() instanceof ConnectException
                || PSQLState.CONNECTION_REJECTED.getState().equals(e.getSQLState())
                || String.valueOf(e.getSQLState()).startsWith(NOT_AUTHORIZED);
    }

    private Connection open(String application, int answerSeconds, @Nullable Path socket) throws SQLException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // The driver, which is a bundle of its own, loads the socket class through it.
        thread.setContextClassLoader(PostgreSqlSettings.class.getClassLoader());
        try {
            return dataSource(application, answerSeconds, socket).getConnection();
        } catch (IOException e) {
            throw new SQLException(e.getMessage(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** @param socket PostgreSQL's Unix socket; null: by TCP */
    PGSimpleDataSource dataSource(String application, int answerSeconds, @Nullable Path socket)
            throws IOException, SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {host});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(database);
        source.setUser(user);
        source.setApplicationName(application);
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setLoginTimeout(CONNECT_SECONDS);
        source.setSocketTimeout(answerSeconds);
        source.setTcpKeepAlive(true);
        // Keeps the server's details about single rows out of exceptions, and so out of logs.
        source.setLogServerErrorDetail(false);
        // While PostgreSQL is down, anyone who takes its port could ask for the password in clear, or for a digest that
        // is easily guessed.
        source.setProperty(PGProperty.REQUIRE_AUTH, SCRAM);
        if (socket != null) {
            source.setProperty(PGProperty.REQUIRE_AUTH, SCRAM + ",none");
            source.setSocketFactory(LocalSocket.class.getName());
            source.setSocketFactoryArg(socket.toString());
        }
        if (socket == null || Files.exists(passwordFile)) {
            source.setPassword(password());
        }
        if (isHere()) {
            source.setSslMode("disable");
        } else {
            source.setSslMode("verify-full");
            if (rootCertificates == null) {
                source.setSslfactory(DefaultJavaSSLFactory.class.getName());
            } else {
                source.setSslRootCert(rootCertificates.toString());
            }
        }
        return source;
    }

    private String password() throws IOException {
        byte[] bytes = new byte[0];
        try {
            Set<PosixFilePermission> modes = Files.getPosixFilePermissions(passwordFile);
            if (modes.stream().anyMatch(FOR_OTHERS::contains)) {
                throw new IOException("other users can read the password file " + passwordFile + " ("
                        + PosixFilePermissions.toString(modes) + "): run chmod 600 on it");
            }
            if (Files.size(passwordFile) > MOST_PASSWORD) {
                throw new IOException("the password file " + passwordFile + " has more than " + MOST_PASSWORD
                        + " bytes: it must hold the password in one line");
            }
            bytes = Files.readAllBytes(passwordFile);
            CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
            return text.toString().strip();
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "the password file " + passwordFile + " is missing: write the database password there", e);
        } catch (UnsupportedOperationException e) {
            throw new IOException("the file system of " + passwordFile + " does not support permissions", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
