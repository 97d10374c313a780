package org.partyline.storepostgresql.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.apache.felix.utils.properties.Properties;
import org.apache.karaf.main.util.BootstrapLogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.testkit.PostgreSqlServer;
import org.postgresql.ds.PGSimpleDataSource;

/** Tests the reports of a server that does not lead: in its role file, in its log and on standard output. */
@EnabledIf(value = "isInstalled", disabledReason = PostgreSqlServer.MISSING)
class LeaderLockTest {
    private static final List<String> OURS = List.of(
            "karaf.etc",
            "karaf.base",
            LeaderLock.INSTANCE,
            LeaderLock.TOKEN,
            LeaderLock.WATCHED,
            LeaderLock.HISTORY,
            LeaderLock.EPOCH,
            LeaderLock.PUBLISHED,
            LeaderLock.NEWEST);

    @TempDir
    Path home;

    private final PrintStream out = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private PGSimpleDataSource database;
    private LeaderLock lock;

    static boolean isInstalled() throws IOException {
        return PostgreSqlServer.shared().isPresent();
    }

    @BeforeEach
    void makesAServer() throws Exception {
        PostgreSqlServer server = PostgreSqlServer.shared().orElseThrow();
        database = new PGSimpleDataSource();
        String url = server.url(server.database());
        database.setUrl(url);
        database.setUser(PostgreSqlServer.USER);
        database.setPassword(PostgreSqlServer.PASSWORD);
        Files.createDirectory(home.resolve("run"));
        Files.writeString(
                home.resolve("org.partyline.store.postgresql.cfg"),
                "url = " + url + "\nuser = " + PostgreSqlServer.USER + "\n");
        System.setProperty("karaf.etc", home.toString());
        System.setProperty("karaf.base", home.toString());
        Properties karaf = new Properties();
        karaf.setProperty("karaf.bootstrap.log", home.resolve("log").toString());
        BootstrapLogManager.setProperties(karaf);
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        lock = new LeaderLock(karaf);
    }

    @AfterEach
    void putsBack() {
        lock.release();
        System.setOut(out);
        OURS.forEach(System::clearProperty);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void assertSays(String role, String sentence) throws IOException {
        assertFalse(lock.lock());
        assertEquals(
                role + "\n" + sentence + "\n",
                Files.readString(home.resolve("run").resolve("role")));
        assertEquals(sentence + "\n", printed.toString(StandardCharsets.UTF_8));
        String log = Files.readString(home.resolve("log"));
        assertTrue(log.contains(sentence), log);
    }

    /** Otherwise a copy of the database from the time when this server last led would match this server's own token. */
    @Test
    void aStandbyRemembersThroughARestartHowFarItSawTheStoreCome() throws Exception {
        Path file = Files.createDirectory(home.resolve("store")).resolve("leader");
        try (Leadership leader = new Leadership(
                database::getConnection,
                "north",
                "leader",
                () -> "",
                () -> "7:ab",
                new SecureRandom(),
                System::nanoTime)) {
            leader.take();
            assertTrue(leader.keep());
            assertFalse(lock.lock());
        }
        lock.release();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        lock = new LeaderLock(new Properties());
        assertTrue(lock.lock());
        assertEquals("false", System.getProperty(LeaderLock.WATCHED));
        assertEquals("7:ab", System.getProperty(LeaderLock.PUBLISHED));
        assertTrue(lock.isAlive());
        assertTrue(Files.exists(file), "the store was not opened yet");
        System.setProperty(LeaderLock.NEWEST, "8:cd");
        assertTrue(lock.isAlive());
        assertFalse(Files.exists(file));
    }

    @Test
    void aLeadersNameInTheDatabaseSteersNoTerminal() throws Exception {
        try (Leadership leader = new Leadership(
                database::getConnection, "north", "leader", () -> "", () -> "", new SecureRandom(), System::nanoTime)) {
            assertEquals(1, leader.take().epoch());
            execute("update pl_leader set holder = E'no\\x1b[2Jrth\\u202e\\r\\nleader'");
            assertSays("standby", "This server is a standby of no?[2Jrth???leader: it takes over if the leader fails.");
        }
    }

    @Test
    void anErrorOfTheDatabaseSteersNoTerminal() throws Exception {
        execute("create function fail() returns integer language plpgsql as"
                + " $$ begin raise exception E'no \\x1b[31mred\\x07'; end $$");
        execute("create view pl_leader_version as select 1 as id, fail() as version");
        assertSays(
                "waiting",
                "This server cannot determine the leader and tries again: the database failed (SQL state P0001): "
                        + "ERROR: no ?[31mred?");
    }
}
