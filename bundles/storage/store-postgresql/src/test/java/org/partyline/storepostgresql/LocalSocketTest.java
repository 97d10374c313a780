package org.partyline.storepostgresql;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.PostgreSqlServer;
import org.postgresql.PGConnection;

/** A connection to a real PostgreSQL through its Unix socket, compared with one by TCP. */
@EnabledIf(value = "isInstalled", disabledReason = PostgreSqlServer.MISSING)
class LocalSocketTest {
    private static final int ANSWER_SECONDS = 30;
    private static final List<Path> NOWHERE = List.of();
    private static final int MANY = 4 << 20;

    private static PostgreSqlServer server;

    @TempDir
    Path etc;

    private String database;

    static boolean isInstalled() throws IOException {
        return PostgreSqlServer.shared().isPresent();
    }

    /** A separate server, since its sessions are killed here. */
    @BeforeAll
    static void start() throws IOException {
        server = PostgreSqlServer.start().orElseThrow();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void makesADatabase() throws Exception {
        database = server.database();
    }

    private PostgreSqlSettings settings(String user) {
        return PostgreSqlSettings.parse(Map.of("url", server.url(database), "user", user), etc);
    }

    private PostgreSqlSettings settings() {
        return settings(PostgreSqlServer.USER);
    }

    private void password() throws IOException {
        Path file = etc.resolve("postgresql.password");
        Files.writeString(file, PostgreSqlServer.PASSWORD + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private Connection connect() throws SQLException {
        return settings().connect("test", ANSWER_SECONDS);
    }

    private Connection overTcp() throws SQLException {
        return settings().connect("test", ANSWER_SECONDS, NOWHERE);
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static boolean isSocket(Connection connection) throws SQLException {
        return one(connection, "select inet_server_addr() is null").equals("t");
    }

    @Test
    void whereThereIsASocketNoPasswordIsNeeded() throws Exception {
        try (Connection connection = connect()) {
            assertTrue(isSocket(connection));
        }
        SQLException refused = assertThrows(SQLException.class, this::overTcp);
        assertNull(refused.getSQLState());
        assertTrue(refused.getMessage().contains("postgresql.password is missing"), refused::getMessage);
    }

    @Test
    void whereThereIsNoneTheWayIsTcp() throws Exception {
        password();
        try (Connection connection = overTcp()) {
            assertFalse(isSocket(connection));
        }
    }

    @Test
    void aPasswordThatIsAskedForIsProvedThere() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("drop role if exists " + PostgreSqlServer.WITH_PASSWORD);
            statement.execute("create role " + PostgreSqlServer.WITH_PASSWORD + " login password '"
                    + PostgreSqlServer.PASSWORD + "'");
        }
        PostgreSqlSettings settings = settings(PostgreSqlServer.WITH_PASSWORD);
        assertTrue(assertThrows(SQLException.class, () -> settings.connect("test", ANSWER_SECONDS))
                .getMessage()
                .contains("postgresql.password is missing"));
        password();
        try (Connection connection = settings.connect("test", ANSWER_SECONDS)) {
            assertTrue(isSocket(connection));
        }
    }

    @Test
    void aUserWhomTheSocketDoesNotAdmitGivesAPasswordByTcp() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("drop role if exists another");
            statement.execute("create role another login password '" + PostgreSqlServer.PASSWORD + "'");
        }
        password();
        try (Connection connection = settings("another").connect("test", ANSWER_SECONDS)) {
            assertFalse(isSocket(connection));
        }
        Files.delete(etc.resolve("postgresql.password"));
        SQLException refused =
                assertThrows(SQLException.class, () -> settings("another").connect("test", ANSWER_SECONDS));
        assertTrue(refused.getMessage().contains("postgresql.password is missing"), refused::getMessage);
        assertEquals("28000", ((SQLException) refused.getSuppressed()[0]).getSQLState());
    }

    @Test
    void whatTcpWouldNotChangeIsNotTriedThere() {
        database = "missing";
        assertEquals("3D000", assertThrows(SQLException.class, this::connect).getSQLState());
    }

    @Test
    void aThreadKeepsItsClassLoader() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader other = ClassLoader.getPlatformClassLoader();
        thread.setContextClassLoader(other);
        try (Connection connection = connect()) {
            assertTrue(isSocket(connection));
            assertSame(other, thread.getContextClassLoader());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void aSocketThatNobodyListensAtIsPassedOver(@TempDir Path directory) throws Exception {
        password();
        Path left = directory.resolve(".s.PGSQL." + server.port());
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(left));
        }
        assertEquals(left, LocalSocket.find(List.of(directory), server.port()));
        try (Connection connection = settings().connect("test", ANSWER_SECONDS, List.of(directory))) {
            assertFalse(isSocket(connection));
        }
    }

    @Test
    void aLinkOrAFileIsNoSocket(@TempDir Path directory) throws Exception {
        Path link = directory.resolve(".s.PGSQL." + server.port());
        Files.createSymbolicLink(link, Path.of("/tmp").resolve(link.getFileName()));
        assertNull(LocalSocket.find(List.of(directory), server.port()));
        Files.delete(link);
        Files.createFile(link);
        assertNull(LocalSocket.find(List.of(directory), server.port()));
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Test
    void aSocketThatIsNotConnectedSaysSo(@TempDir Path directory) throws Exception {
        try (UnixSocket socket = new UnixSocket(directory.resolve(".s.PGSQL.1"))) {
            assertFalse(socket.isConnected());
            assertThrows(SocketException.class, socket.getInputStream()::read);
            assertThrows(SocketException.class, () -> socket.getOutputStream().write(1));
            assertThrows(IOException.class, () -> socket.connect(null));
            assertFalse(socket.isConnected());
        }
    }

    @Test
    void aClosedSocketStaysClosed(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("socket");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                UnixSocket socket = new UnixSocket(path)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            assertFalse(socket.isClosed());
            socket.close();
            assertTrue(socket.isClosed());
            assertThrows(SocketException.class, () -> socket.connect(null));
            assertFalse(socket.isConnected());
        }
    }

    /** Otherwise a server whose PostgreSQL hangs would wait for it forever. */
    @Test
    void aListenerThatAcceptsNoMoreIsNotWaitedFor(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("socket");
        List<UnixSocket> queue = new ArrayList<>();
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path), 1);
            assertThrows(SocketException.class, () -> {
                for (int i = 0; i < 100; i++) {
                    UnixSocket socket = new UnixSocket(path);
                    queue.add(socket);
                    socket.connect(null);
                }
            });
            assertFalse(queue.get(queue.size() - 1).isConnected());
        } finally {
            for (UnixSocket socket : queue) {
                socket.close();
            }
        }
    }

    @Test
    void theDriverConnectsTheSocketItself() {
        LocalSocket factory = new LocalSocket("/tmp/.s.PGSQL.1");
        InetAddress here = InetAddress.getLoopbackAddress();
        assertThrows(UnsupportedOperationException.class, () -> factory.createSocket("localhost", 1));
        assertThrows(UnsupportedOperationException.class, () -> factory.createSocket("localhost", 1, here, 2));
        assertThrows(UnsupportedOperationException.class, () -> factory.createSocket(here, 1));
        assertThrows(UnsupportedOperationException.class, () -> factory.createSocket(here, 1, here, 2));
    }

    @Test
    void bytesArriveUntilTheEnd(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("socket");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                UnixSocket socket = new UnixSocket(path)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            socket.connect(null);
            assertTrue(socket.isConnected());
            assertEquals("Socket[" + path + "]", socket.toString());
            // What only TCP has.
            assertTrue(socket.getTcpNoDelay() && socket.getKeepAlive());
            assertTrue(socket.getSendBufferSize() > 0 && socket.getReceiveBufferSize() > 0);
            InputStream in = socket.getInputStream();
            socket.setSoTimeout(1);
            assertEquals(1, socket.getSoTimeout());
            assertEquals(0, in.read(new byte[0]), "nothing is waited for");
            assertThrows(SocketTimeoutException.class, in::read);
            socket.setSoTimeout(0);
            try (SocketChannel peer = listener.accept()) {
                peer.write(ByteBuffer.wrap(new byte[] {0, -1}));
                assertEquals(0, in.read());
                assertEquals(255, in.read());
            }
            assertEquals(-1, in.read());
        }
    }

    /** In the shortest waits it would not be noticed that a time-out of 0 means none. */
    @Test
    void aThreadThatIsInterruptedWhileItWaitsWaitsOn(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("socket");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                UnixSocket socket = new UnixSocket(path)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            socket.connect(null);
            try (SocketChannel peer = listener.accept()) {
                AtomicBoolean interrupted = new AtomicBoolean();
                CompletableFuture<Integer> read = new CompletableFuture<>();
                Thread reader = new Thread(() -> {
                    try {
                        read.complete(socket.getInputStream().read());
                    } catch (IOException | RuntimeException e) {
                        read.completeExceptionally(e);
                    }
                    interrupted.set(Thread.interrupted());
                });
                reader.start();
                for (int i = 0; i < 3; i++) {
                    Thread.sleep(10);
                    reader.interrupt();
                }
                peer.write(ByteBuffer.wrap(new byte[] {7}));
                reader.join();
                assertEquals(7, read.get());
                assertTrue(interrupted.get());
            }
        }
    }

    /** Only root can let another user create one. */
    @Test
    @EnabledIf(value = "isRoot", disabledReason = "only root can be another user")
    void whatAnotherUserPlantsIsPassedOverAndRefusedWhenItComesLater(@TempDir Path directory) throws Exception {
        password();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path planted = directory.resolve(".s.PGSQL." + server.port());
        Path source = directory.resolve("Planted.java");
        Files.writeString(source, """
                public class Planted {
                    public static void main(String[] path) throws Exception {
                        var server = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX);
                        server.bind(java.net.UnixDomainSocketAddress.of(path[0]));
                        System.out.println("listens");
                        Thread accepts = new Thread(() -> {
                            try {
                                var caller = server.accept();
                                System.out.println("accepted");
                                if (caller.read(java.nio.ByteBuffer.allocate(1)) < 0) {
                                    System.out.println("closed");
                                }
                            } catch (java.io.IOException e) {
                                e.printStackTrace();
                            }
                        });
                        accepts.setDaemon(true);
                        accepts.start();
                        // It ends with the test.
                        System.in.read();
                    }
                }
                """);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-r--r--"));
        Process thief = new ProcessBuilder(
                        "runuser",
                        "-u",
                        "nobody",
                        "--",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        source.toString(),
                        planted.toString())
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = thief.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("listens", said.readLine());
            assertNull(LocalSocket.find(List.of(directory), server.port()));
            try (Connection connection = settings().connect("test", ANSWER_SECONDS, List.of(directory))) {
                assertFalse(isSocket(connection));
            }
            assertFalse(said.ready(), "nobody came to it");
            try (UnixSocket socket = new UnixSocket(planted)) {
                String message = assertThrows(ConnectException.class, () -> socket.connect(null))
                        .getMessage();
                assertTrue(message.contains("another user's program"), message);
                assertFalse(socket.isConnected());
                assertEquals("accepted", said.readLine());
                assertEquals("closed", said.readLine());
            }
        } finally {
            thief.getOutputStream().close();
            thief.waitFor();
        }
    }

    /**
     * Like {@code /run/postgresql} in the package's sandbox: it belongs to a user without a name, to whom root gave the
     * directory.
     */
    @Test
    @EnabledIf(value = "isRoot", disabledReason = "only root can give files to another user")
    void aSocketOfWhomRootGaveItsDirectoryIsTrustedUnlessOthersMayWriteThere(@TempDir Path above) throws Exception {
        UserPrincipal nobody =
                above.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Path directory = Files.createDirectory(above.resolve("postgresql"));
        Path socket = directory.resolve(".s.PGSQL." + server.port());
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(socket));
        }
        Files.setOwner(socket, nobody);
        assertNull(LocalSocket.find(List.of(directory), server.port()), "the directory is root's");
        Files.setOwner(directory, nobody);
        assertEquals(socket, LocalSocket.find(List.of(directory), server.port()));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertNull(LocalSocket.find(List.of(directory), server.port()), "anyone may write there");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertNull(LocalSocket.find(List.of(directory), server.port()), "anyone may put another in its place");
    }

    /** Like {@code PostgreSqlSettingsTest} for TCP: AuthenticationCleartextPassword, -MD5Password, -SSPI. */
    @ParameterizedTest
    @ValueSource(strings = {"00000003", "0000000501020304", "00000009"})
    void whoeverListensAtTheSocketGetsNoPassword(String method, @TempDir Path directory) throws Exception {
        password();
        byte[] asks = HexFormat.of().parseHex(method);
        Path path = directory.resolve("socket");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            CompletableFuture<byte[]> answer = CompletableFuture.supplyAsync(() -> {
                try (SocketChannel caller = listener.accept();
                        DataInputStream in = new DataInputStream(Channels.newInputStream(caller));
                        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(caller))) {
                    in.readNBytes(in.readInt() - Integer.BYTES);
                    out.writeByte('R');
                    out.writeInt(Integer.BYTES + asks.length);
                    out.write(asks);
                    out.flush();
                    return in.readAllBytes();
                } catch (IOException e) {
                    return new byte[0];
                }
            });
            assertThrows(
                    SQLException.class,
                    () -> settings().dataSource("test", ANSWER_SECONDS, path).getConnection());
            assertEquals(
                    "",
                    new String(answer.get(), StandardCharsets.ISO_8859_1).replaceAll("^X\\x00\\x00\\x00\\x04$", ""));
        }
    }

    @Test
    void muchGoesBothWaysAtOnce() throws Exception {
        byte[] much = new byte[MANY];
        new Random(1).nextBytes(much);
        try (Connection connection = connect();
                PreparedStatement echo = connection.prepareStatement("select ?::bytea")) {
            assertTrue(isSocket(connection));
            echo.setBytes(1, much);
            try (ResultSet row = echo.executeQuery()) {
                assertTrue(row.next());
                assertArrayEquals(much, row.getBytes(1));
            }
        }
    }

    @Test
    void aSessionHoldsItsLockUntilItEnds() throws Exception {
        String lock = "select pg_try_advisory_lock(7)";
        try (Connection second = connect()) {
            try (Connection first = connect()) {
                assertTrue(isSocket(first) && isSocket(second));
                assertEquals("t", one(first, lock));
                assertEquals("f", one(second, lock));
            }
            Eventually.that("the lock is free", () -> one(second, lock).equals("t"));
        }
    }

    @Test
    void notificationsArrive() throws Exception {
        try (Connection listens = connect();
                Connection notifies = connect();
                Statement listen = listens.createStatement();
                Statement notify = notifies.createStatement()) {
            PGConnection session = listens.unwrap(PGConnection.class);
            listen.execute("listen news");
            assertEquals(0, session.getNotifications(1).length, "a wait of a millisecond ends");
            notify.execute("notify news, 'text'");
            assertEquals("text", session.getNotifications(0)[0].getParameter());
        }
    }

    private static SQLException failure(Connection connection, String sql) {
        return assertThrows(SQLException.class, () -> one(connection, sql));
    }

    private static void assertAlike(SQLException expected, SQLException actual) {
        assertEquals(expected.getSQLState(), actual.getSQLState());
        assertEquals(expected.getMessage(), actual.getMessage());
    }

    @Test
    void anAnswerThatTakesTooLongEndsTheConnectionAsOverTcp() throws Exception {
        password();
        try (Connection socket = settings().connect("test", 1);
                Connection tcp = settings().connect("test", 1, NOWHERE)) {
            assertTrue(isSocket(socket));
            assertAlike(failure(tcp, "select pg_sleep(60)"), failure(socket, "select pg_sleep(60)"));
            assertTrue(socket.isClosed());
        }
    }

    /** Ends a connection while its query runs. */
    private interface End {
        void of(Connection connection, int session) throws Exception;
    }

    private SQLException ended(Connection connection, End end) throws Exception {
        int session = connection.unwrap(PGConnection.class).getBackendPID();
        CompletableFuture<Void> query = CompletableFuture.runAsync(() -> {
            try {
                one(connection, "select pg_sleep(600)");
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });
        Eventually.that("the query runs", () -> {
            try (Connection looks = connect()) {
                return one(
                                looks,
                                "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and pid = "
                                        + session)
                        .equals("1");
            }
        });
        end.of(connection, session);
        return (SQLException) assertThrows(ExecutionException.class, () -> query.get(60, TimeUnit.SECONDS))
                .getCause();
    }

    private void assertEndsAsOverTcp(End end) throws Exception {
        password();
        SQLException expected;
        try (Connection tcp = overTcp()) {
            expected = ended(tcp, end);
        }
        try (Connection connection = connect()) {
            assertTrue(isSocket(connection));
            assertAlike(expected, ended(connection, end));
            assertTrue(connection.isClosed());
        }
    }

    @Test
    void aSessionThatPostgreSqlEndsInAQueryFailsAsOverTcp() throws Exception {
        assertEndsAsOverTcp((connection, session) -> {
            try (Connection other = connect()) {
                one(other, "select pg_terminate_backend(" + session + ")");
            }
        });
    }

    /** PostgreSQL then terminates all its sessions, and restarts. */
    private void kill(int session) throws SQLException {
        try (Connection another = connect()) {
            assertTrue(ProcessHandle.of(session).orElseThrow().destroyForcibly());
            Eventually.that("all sessions are ended", () -> !another.isValid(5));
        }
        Eventually.that("it accepts connections", () -> {
            try (Connection again = connect()) {
                return again.isValid(5);
            } catch (SQLException e) {
                return false;
            }
        });
    }

    @Test
    void aSessionThatIsKilledInAQueryFailsAsOverTcp() throws Exception {
        assertEndsAsOverTcp((connection, session) -> kill(session));
    }

    @Test
    void aConnectionThatAnotherThreadClosesInAQueryFailsAsOverTcp() throws Exception {
        assertEndsAsOverTcp((connection, session) -> connection.abort(Runnable::run));
    }

    @Test
    void aQueryIsCancelledAsOverTcp() throws Exception {
        password();
        try (Connection tcp = overTcp();
                Connection socket = connect();
                Statement overTcp = tcp.createStatement();
                Statement overSocket = socket.createStatement()) {
            overTcp.setQueryTimeout(1);
            overSocket.setQueryTimeout(1);
            assertAlike(
                    assertThrows(SQLException.class, () -> overTcp.execute("select pg_sleep(600)")),
                    assertThrows(SQLException.class, () -> overSocket.execute("select pg_sleep(600)")));
            assertTrue(isSocket(socket), "the connection is still of use");
        }
    }

    /** Like TCP; a pool that is closed interrupts its threads. */
    @Test
    void anInterruptedThreadFinishesItsQuery() throws Exception {
        try (Connection connection = connect()) {
            Thread.currentThread().interrupt();
            assertEquals("1", one(connection, "select 1 from pg_sleep(0.01)"));
            assertTrue(Thread.interrupted());
            assertTrue(isSocket(connection));
        }
    }
}
