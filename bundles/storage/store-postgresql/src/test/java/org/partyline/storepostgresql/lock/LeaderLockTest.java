package org.partyline.storepostgresql.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.apache.felix.utils.properties.Properties;
import org.apache.karaf.main.util.BootstrapLogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.storepostgresql.SettingsDigest;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.PostgreSqlServer;
import org.postgresql.ds.PGSimpleDataSource;

/** Tests the lock as Karaf uses it, and its reports: in the role file, in the log and on standard output. */
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

    private final InputStream in = System.in;
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();
    private String url;
    private PGSimpleDataSource database;
    private LeaderLock lock;

    static boolean isInstalled() throws IOException {
        return PostgreSqlServer.shared().isPresent();
    }

    @BeforeEach
    void makesAServer() throws Exception {
        PostgreSqlServer server = PostgreSqlServer.shared().orElseThrow();
        database = new PGSimpleDataSource();
        url = server.url(server.database());
        database.setUrl(url);
        database.setUser(PostgreSqlServer.USER);
        database.setPassword(PostgreSqlServer.PASSWORD);
        Files.createDirectory(home.resolve("run"));
        configure(url);
        System.setProperty("karaf.etc", home.toString());
        System.setProperty("karaf.base", home.toString());
        Properties karaf = new Properties();
        karaf.setProperty("karaf.bootstrap.log", home.resolve("log").toString());
        BootstrapLogManager.setProperties(karaf);
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        lock = new LeaderLock(nanos::get);
    }

    private void configure(String url) throws IOException {
        Files.writeString(
                home.resolve("org.partyline.store.postgresql.cfg"),
                "url = " + url + "\nuser = " + PostgreSqlServer.USER + "\n");
    }

    @AfterEach
    void putsBack() {
        lock.release();
        System.setIn(in);
        System.setOut(out);
        System.setErr(err);
        OURS.forEach(System::clearProperty);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String one(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private Leadership north(String newest) {
        return new Leadership(
                database::getConnection, "north", "leader", () -> "", () -> newest, new SecureRandom(), nanos::get);
    }

    private void assertRole(String role, Level level, String sentence) throws IOException {
        assertEquals(
                role + "\n" + sentence + "\n",
                Files.readString(home.resolve("run").resolve("role")));
        String log = Files.readString(home.resolve("log"));
        assertTrue(log.contains(level.getLocalizedName() + ": " + sentence), log);
    }

    private void assertSays(String role, Level level, String sentence) throws IOException {
        assertFalse(lock.lock());
        assertRole(role, level, sentence);
        assertFalse(lock.lock());
        assertEquals(sentence + "\n", printed.toString(StandardCharsets.UTF_8), "once only");
    }

    /** Otherwise a copy of the database from the time when this server last led would match this server's own token. */
    @Test
    void aStandbyRemembersThroughARestartHowFarItSawTheStoreCome() throws Exception {
        Path file = Files.createDirectory(home.resolve("store")).resolve("leader");
        try (Leadership leader = north("7:ab")) {
            leader.take();
            assertTrue(leader.keep());
            assertFalse(lock.lock());
        }
        lock.release();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        lock = new LeaderLock(nanos::get);
        assertTrue(lock.lock());
        assertEquals("false", System.getProperty(LeaderLock.WATCHED));
        assertEquals("7:ab", System.getProperty(LeaderLock.PUBLISHED));
        assertTrue(lock.isAlive());
        assertTrue(Files.exists(file), "the store was not opened yet");
        System.setProperty(LeaderLock.NEWEST, "8:cd");
        assertTrue(lock.isAlive());
        assertFalse(Files.exists(file));
        assertEquals("8:cd", one("select newest from pl_lease"));
    }

    @Test
    void theLongestMarkIsReadAgainAndALongerOneIsNotKept() throws Exception {
        Path file = home.resolve("leader");
        String longest = "7:" + "a".repeat(197);
        new SeenMark(file).keep(longest);
        assertEquals(longest, new SeenMark(file).read());
        new SeenMark(file).keep("8:" + "a".repeat(198));
        assertEquals(longest, new SeenMark(file).read());
    }

    @Test
    void eachProcessHasAnotherName() {
        String before = System.getProperty(LeaderLock.INSTANCE);
        new LeaderLock(new Properties());
        assertNotEquals(before, System.getProperty(LeaderLock.INSTANCE));
    }

    @Test
    void aStandbyShowsItsSettingsAndWhetherItCouldOpenTheStore() throws Exception {
        try (Leadership leader = north("")) {
            leader.take();
            assertFalse(lock.lock());
            String settings = "select settings from pl_standby where instance = '";
            assertEquals(
                    SettingsDigest.of(home) + SettingsDigest.WITHOUT_SHARE,
                    one(settings + System.getProperty(LeaderLock.INSTANCE) + "'"));
            lock.release();
            Files.createDirectories(home.resolve("store").resolve("keys"));
            lock = new LeaderLock(nanos::get);
            assertFalse(lock.lock());
            assertEquals(SettingsDigest.of(home), one(settings + System.getProperty(LeaderLock.INSTANCE) + "'"));
        }
    }

    /** Karaf's shell may have been stopped while they were its own, and would not start again. */
    @Test
    void aLeaderStartsWithTheStreamsOfItsProcess() throws Exception {
        PrintStream ours = System.out;
        System.setIn(InputStream.nullInputStream());
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        assertTrue(lock.lock());
        assertSame(in, System.in);
        assertSame(ours, System.out);
        assertSame(err, System.err);
    }

    @Test
    void aLeaderThatIsReleasedLeavesTheLock() throws Exception {
        assertTrue(lock.lock());
        lock.release();
        try (Connection connection = outside();
                Statement statement = connection.createStatement()) {
            awaitNoConnection(statement);
        }
        try (Leadership leader = north("")) {
            Eventually.that("it leads", () -> leader.take() != null);
        }
    }

    /** From another database of the same server. */
    private Connection outside() throws SQLException {
        PGSimpleDataSource other = new PGSimpleDataSource();
        other.setUrl(database.getUrl());
        other.setDatabaseName("postgres");
        other.setUser(database.getUser());
        other.setPassword(database.getPassword());
        return other.getConnection();
    }

    private void awaitNoConnection(Statement statement) {
        Eventually.that("the database's connections have ended", () -> {
            try (ResultSet row = statement.executeQuery(
                    "select 1 from pg_stat_activity where datname = '" + database.getDatabaseName() + "'")) {
                return !row.next();
            }
        });
    }

    private void admits(boolean all) throws SQLException {
        try (Connection connection = outside();
                Statement statement = connection.createStatement()) {
            statement.execute("alter database " + database.getDatabaseName() + " allow_connections " + all);
            if (!all) {
                statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                        + database.getDatabaseName() + "'");
                awaitNoConnection(statement);
            }
        }
    }

    @Test
    void aLeaderSaysWhetherItsDatabaseAnswersAndWhenItNoLongerLeads() throws Exception {
        assertTrue(lock.lock());
        assertRole("leader", Level.INFO, "This server is the leader (epoch 1).");
        admits(false);
        assertTrue(lock.isAlive());
        assertRole(
                "silent",
                Level.WARNING,
                "The database does not answer, so this server sends nothing, and stops leading if this lasts for 10 s.");
        admits(true);
        assertTrue(lock.isAlive());
        assertRole("leader", Level.INFO, "This server is the leader (epoch 1).");
        assertEquals("", printed.toString(StandardCharsets.UTF_8));
        execute("update pl_leader set token = ''");
        assertFalse(lock.isAlive());
        String sentence = "This server is no longer the leader: it sends nothing more and becomes a standby.";
        assertRole("standby", Level.INFO, sentence);
        assertEquals(sentence + "\n", printed.toString(StandardCharsets.UTF_8));
    }

    /** Its connection takes a while to end after the lock was asked for. */
    @Test
    void aStandbyWaitsWhileSomeoneElseHoldsTheLockOfASilentLeader() throws Exception {
        try (Leadership leader = north("")) {
            leader.take();
        }
        execute("update pl_lease set renewed = clock_timestamp() - interval '1 hour'");
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("select pg_advisory_lock(" + LeaderTables.LOCK + ")");
            assertSays("standby", Level.INFO, "This server is a standby: it takes over if the leader fails.");
        }
        assertEquals("1", one("select epoch from pl_leader"));
    }

    @Test
    void aSettingThatIsWrongIsSaidAndReadAgain() throws Exception {
        configure("jdbc:h2:mem:x");
        assertSays(
                "waiting",
                Level.WARNING,
                "This server cannot use its database and tries again: org.partyline.store.postgresql.cfg: url: it must be "
                        + "jdbc:postgresql://[HOST][:PORT]/DATABASE, without user, password and parameters");
        configure(url);
        assertTrue(lock.lock());
    }

    @Test
    void aPasswordThatIsMissingIsSaid() throws Exception {
        configure("jdbc:postgresql://db.example.org/partyline");
        assertSays(
                "waiting",
                Level.WARNING,
                "This server cannot use its database and tries again: the password file "
                        + home.resolve("postgresql.password") + " is missing: write the database password there");
    }

    @Test
    void aLeadersNameInTheDatabaseSteersNoTerminal() throws Exception {
        try (Leadership leader = north("")) {
            assertEquals(1, leader.take().epoch());
            execute("update pl_leader set holder = E'no\\x1b[2Jrth\\u202e\\r\\nleader'");
            assertSays(
                    "standby",
                    Level.INFO,
                    "This server is a standby of no?[2Jrth???leader: it takes over if the leader fails.");
        }
    }

    @Test
    void anErrorOfTheDatabaseSteersNoTerminal() throws Exception {
        execute("create function fail() returns integer language plpgsql as"
                + " $$ begin raise exception E'no \\x1b[31mred\\x07'; end $$");
        execute("create view pl_leader_version as select 1 as id, fail() as version");
        assertSays(
                "waiting",
                Level.WARNING,
                "This server cannot determine the leader and tries again: the database failed (SQL state P0001): "
                        + "ERROR: no ?[31mred?");
    }
}
