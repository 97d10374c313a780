package org.partyline.storepostgresql.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.PostgreSqlServer;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** Leadership with a real PostgreSQL. */
@EnabledIf(value = "isInstalled", disabledReason = PostgreSqlServer.MISSING)
class LeadershipTest {
    private static final String LEADERS = "partyline-0000000000000001";

    private static final String THIRDS = "partyline-0000000000000003";

    private final AtomicLong nanos = new AtomicLong(1);
    private String url;
    private boolean away;
    private String newest = "";
    private Leadership first;
    private Leadership second;

    static boolean isInstalled() throws IOException {
        return PostgreSqlServer.shared().isPresent();
    }

    @BeforeEach
    void makesTwoServers() throws IOException {
        PostgreSqlServer server = PostgreSqlServer.shared().orElseThrow();
        url = server.url(server.database());
        first = leadership("first", LEADERS);
        second = leadership("second", "partyline-0000000000000002");
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    private Leadership leadership(String name, String instance) {
        return new Leadership(
                () -> open(instance), name, instance, () -> "settings", () -> newest, new SecureRandom(), nanos::get);
    }

    private Connection open(String instance) throws SQLException {
        if (away) {
            throw new SQLException("away", "08001");
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(PostgreSqlServer.USER);
        source.setPassword(PostgreSqlServer.PASSWORD);
        source.setApplicationName(instance);
        return source.getConnection();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = open("test");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String one(String sql) throws SQLException {
        try (Connection connection = open("test");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Behaves like a pooler: it first reports a number of its own, and each transaction runs in another session. */
    private Connection pooled(String instance) throws SQLException {
        Connection direct = open(instance);
        PGConnection session = direct.unwrap(PGConnection.class);
        return proxy(Connection.class, direct, "unwrap", proxy(PGConnection.class, session, "getBackendPID", 7));
    }

    private static <T> T proxy(Class<T> type, T real, String method, Object answer) {
        return proxy(type, real, method, (Answer) with -> answer);
    }

    @FunctionalInterface
    private interface Answer {
        Object of(Object[] arguments) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, T real, String method, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, called, with) -> {
            try {
                return called.getName().equals(method) ? answer.of(with) : called.invoke(real, with);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    /** A server that is shown false data of its database from the moment that this is set. */
    private Leadership misled(AtomicReference<UnaryOperator<String>> question) {
        return third(() -> {
            Connection real = open(THIRDS);
            return proxy(Connection.class, real, "createStatement", (Answer) none -> {
                Statement statement = real.createStatement();
                return proxy(Statement.class, statement, "executeQuery", (Answer)
                        sql -> statement.executeQuery(question.get().apply((String) sql[0])));
            });
        });
    }

    private Leadership third(Leadership.Source source) {
        return new Leadership(source, "third", THIRDS, () -> "settings", () -> newest, new SecureRandom(), nanos::get);
    }

    @Test
    void nobodyLeadsThroughAPooler() throws Exception {
        Leadership through = new Leadership(
                () -> pooled(LEADERS), "third", THIRDS, () -> "settings", () -> newest, new SecureRandom(), nanos::get);
        SQLException refused = assertThrows(SQLException.class, through::take);
        assertNull(refused.getSQLState());
        assertTrue(
                refused.getMessage().startsWith("a connection pooler is in front of PostgreSQL"), refused::getMessage);
        assertTrue(first.take() != null, "it left no lock behind");
    }

    @Test
    void aLeaderThatReachesItsDatabaseThroughAPoolerAllAtOnceLeadsNoLongerThanItsLease() throws Exception {
        AtomicBoolean pooled = new AtomicBoolean();
        try (Leadership leader = new Leadership(
                () -> pooled.get() ? pooled(THIRDS) : open(THIRDS),
                "third",
                THIRDS,
                () -> "settings",
                () -> newest,
                new SecureRandom(),
                nanos::get)) {
            assertTrue(leader.take() != null);
            pooled.set(true);
            end(leader, THIRDS);
            assertTrue(leader.keep());
            nanos.addAndGet(Leadership.LEASE.toNanos());
            assertFalse(leader.keep());
        }
    }

    /** As if the leader had been silent for this time. */
    private void silent(Duration since) throws SQLException {
        execute("update pl_lease set renewed = clock_timestamp() - interval '" + since.toMillis() + " milliseconds'");
    }

    /** Its connection takes a while to end, during which others would still see it lead. */
    private void end(Leadership server, String instance) {
        server.close();
        Eventually.that("its connection has ended", () -> {
            try (Connection connection = open("test");
                    PreparedStatement count =
                            connection.prepareStatement("select 1 from pg_stat_activity where application_name = ?")) {
                count.setString(1, instance);
                try (ResultSet row = count.executeQuery()) {
                    return !row.next();
                }
            }
        });
    }

    private Leadership.Taken takeSoon(Leadership server) throws Exception {
        Leadership.Taken[] taken = new Leadership.Taken[1];
        Eventually.that("it leads", () -> (taken[0] = server.take()) != null);
        return taken[0];
    }

    /** Even if the database does not answer. */
    @Test
    void whoNeverTookTheLeadDoesNotKeepIt() throws Exception {
        try (Leadership unreached = new Leadership(
                () -> {
                    throw new SQLException("there is no database");
                },
                "third",
                THIRDS,
                () -> "settings",
                () -> newest,
                new SecureRandom(),
                () -> 0)) {
            assertFalse(unreached.keep());
        }
        assertTrue(first.take() != null);
        assertNull(second.take());
        assertFalse(second.keep());
    }

    @Test
    void oneLeadsAndTheOtherKnowsWho() throws Exception {
        Leadership.Taken taken = first.take();
        assertEquals(1, taken.epoch());
        assertFalse(taken.watched());
        assertNull(second.take());
        assertEquals("first", second.leader().holder());
        assertTrue(first.keep());
    }

    @Test
    void aStandbyIsRecordedEveryTenSeconds() throws Exception {
        first.take();
        assertNull(second.take());
        assertEquals("second settings", one("select holder || ' ' || settings from pl_standby"));
        execute("delete from pl_standby");
        nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        assertNull(second.take());
        assertEquals("0", one("select count(*) from pl_standby"));
        nanos.addAndGet(1);
        assertNull(second.take());
        assertEquals("1", one("select count(*) from pl_standby"));
    }

    @Test
    void whoeverIsGoneIsFollowedAtOnceWithAnotherToken() throws Exception {
        Leadership.Taken before = first.take();
        assertNull(second.take());
        first.close();
        Leadership.Taken after = takeSoon(second);
        assertEquals(2, after.epoch());
        assertNotEquals(before.token(), after.token());
        assertTrue(after.watched());
        assertFalse(first.keep());
        assertNull(first.take());
    }

    /** It is part of the heartbeats, so that a database that was restored since is detected by what it lacks. */
    @Test
    void whoeverTakesOverKnowsHowFarTheLeaderSaidThatItHadCome() throws Exception {
        assertEquals("", first.take().published());
        assertNull(second.take());
        newest = "7:abc";
        assertTrue(first.keep());
        assertNull(second.take());
        // Its own observation counts if the database shows less.
        execute("update pl_lease set newest = '3:old'");
        end(first, LEADERS);
        Leadership.Taken taken = takeSoon(second);
        assertTrue(taken.watched());
        assertEquals("7:abc", taken.published());
    }

    @Test
    void whatTheLeaderSaidAfterItWasSeenLastCountsToo() throws Exception {
        first.take();
        newest = "7:abc";
        first.keep();
        assertNull(second.take());
        newest = "12:def";
        first.keep();
        end(first, LEADERS);
        assertEquals("12:def", takeSoon(second).published());
        // A new leader that has not opened the store publishes nothing.
        newest = "";
        assertTrue(second.keep());
        first = leadership("first", "partyline-0000000000000004");
        assertNull(first.take());
        second.close();
        assertEquals("12:def", takeSoon(first).published());
    }

    @Test
    void whoeverDidNotSeeTheLeaderKnowsWhatItSaidToo() throws Exception {
        first.take();
        newest = "7:abc";
        first.keep();
        end(first, LEADERS);
        assertEquals("7:abc", takeSoon(second).published());
    }

    @Test
    void whatIsNoNumberIsNotFurther() throws Exception {
        first.take();
        newest = "7:abc";
        first.keep();
        assertNull(second.take());
        execute("update pl_lease set newest = 'x'");
        end(first, LEADERS);
        assertEquals("7:abc", takeSoon(second).published());
    }

    @Test
    void theFirstOfTwoMarksCountsUnlessTheOtherIsFurther() {
        assertEquals("7:a", Lead.further("7:a", "7:b"));
        assertEquals("8:b", Lead.further("7:a", "8:b"));
        assertEquals("0:a", Lead.further("", "0:a"));
    }

    @Test
    void aLeaderIsSilentWhenItsLeaseHasPassed() throws Exception {
        AtomicReference<UnaryOperator<String>> question = new AtomicReference<>(UnaryOperator.identity());
        UnaryOperator<String> afterTheLease = sql -> sql.replaceAll("\\(extract.*::bigint", "10000");
        try (Leadership third = misled(question)) {
            first.take();
            question.set(afterTheLease);
            assertNull(third.take());
            assertTrue(first.keep());
            question.set(sql -> afterTheLease.apply(sql).replace("10000", "10001"));
            assertEquals(2, takeSoon(third).epoch());
        }
    }

    @Test
    void theLockOfASilentLeaderIsAwaited() throws Exception {
        AtomicReference<UnaryOperator<String>> question = new AtomicReference<>(UnaryOperator.identity());
        AtomicInteger tries = new AtomicInteger();
        try (Leadership third = misled(question)) {
            first.take();
            end(first, LEADERS);
            silent(Leadership.LEASE.plusSeconds(1));
            question.set(
                    sql -> sql.contains("pg_try_advisory_lock") && tries.getAndIncrement() == 0 ? "select false" : sql);
            assertEquals(2, third.take().epoch());
        }
    }

    @Test
    void aLeaderThatIsSilentIsFollowedAndItsConnectionsAreEnded() throws Exception {
        first.take();
        assertNull(second.take());
        silent(Leadership.LEASE.minusSeconds(1));
        assertNull(second.take());
        try (Connection ofTheLeader = open(LEADERS)) {
            silent(Leadership.LEASE.plusSeconds(1));
            assertTrue(takeSoon(second).watched());
            Eventually.that("its connection was ended", () -> !ofTheLeader.isValid(5));
        }
        assertFalse(first.keep());
        assertTrue(second.keep());
    }

    @Test
    void aTransactionThatASilentLeaderLeftOpenHoldsNobodyBack() throws Exception {
        first.take();
        try (Connection ofTheLeader = open(LEADERS);
                Statement statement = ofTheLeader.createStatement()) {
            ofTheLeader.setAutoCommit(false);
            statement.executeQuery("select token from pl_leader for share").close();
            silent(Leadership.LEASE.plusSeconds(1));
            assertEquals(2, takeSoon(second).epoch());
            assertThrows(SQLException.class, ofTheLeader::commit);
        }
    }

    @Test
    void aLeaderWhoseConnectionBreaksGoesOnWhenNobodyTookOver() throws Exception {
        first.take();
        execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = '" + LEADERS + "'");
        Eventually.that("it has the lock again", () -> first.keep() && first.keep());
        assertNull(second.take());
    }

    @Test
    void aLeaderThatCannotReachTheDatabaseStepsDownWhenItsLeaseEnds() throws Exception {
        first.take();
        away = true;
        executeWhileItIsAway(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '" + LEADERS + "'");
        assertTrue(first.isAnswered());
        assertTrue(first.keep());
        assertFalse(first.isAnswered());
        nanos.addAndGet(Leadership.LEASE.toNanos() - 1);
        assertTrue(first.keep());
        nanos.addAndGet(1);
        assertFalse(first.keep());
    }

    /** As if someone had recorded another leader by hand, or had restored the database in its place. */
    @Test
    void aLeaderThatIsNoLongerRecordedStepsDownAndLeavesNoLockBehind() throws Exception {
        first.take();
        execute("update pl_leader set token = ''");
        assertFalse(first.keep());
        assertFalse(first.isAnswered());
        // Not through another connection either.
        assertFalse(first.keep());
        assertEquals(2, takeSoon(second).epoch());
    }

    @Test
    void aLeaderWhoseLockSomeoneElseHoldsStepsDown() throws Exception {
        first.take();
        end(first, LEADERS);
        try (Connection other = open("test")) {
            assertTrue(LeaderTables.lock(other));
            assertFalse(first.keep());
            assertFalse(first.isAnswered());
        }
    }

    @Test
    void aConnectionThatFailedIsClosed() throws Exception {
        List<Connection> opened = new ArrayList<>();
        AtomicBoolean fails = new AtomicBoolean();
        Leadership.Source source = () -> {
            Connection real = open(THIRDS);
            opened.add(real);
            return proxy(Connection.class, real, "prepareStatement", (Answer) sql -> {
                if (fails.get()) {
                    throw new SQLException("it failed");
                }
                return real.prepareStatement((String) sql[0]);
            });
        };
        try (Leadership third = third(source)) {
            assertTrue(third.take() != null);
            fails.set(true);
            // Whether its new connection gets the lock depends on how fast the old one ends.
            third.keep();
            assertEquals(2, opened.size());
            assertTrue(opened.get(0).isClosed());
        }
    }

    /** The database was too busy to answer in time. */
    @Test
    void aLeaderWhoseLastConnectionStillHasTheLockGoesOn() throws Exception {
        List<Connection> opened = new ArrayList<>();
        Leadership.Source source = () -> {
            Connection real = open(THIRDS);
            opened.add(real);
            if (opened.size() > 1) {
                return real;
            }
            Connection kept = proxy(Connection.class, real, "close", (Answer) none -> null);
            return proxy(Connection.class, kept, "prepareStatement", (Answer) sql -> {
                if (((String) sql[0]).startsWith("update pl_lease set renewed")) {
                    throw new SQLException("no answer in time");
                }
                return real.prepareStatement((String) sql[0]);
            });
        };
        try (Leadership third = third(source);
                // Its store's connection, which does not have the lock.
                Connection stores = open(THIRDS)) {
            assertNotNull(third.take());
            assertTrue(third.keep());
            assertEquals(2, opened.size());
            assertTrue(third.keep());
            assertEquals(2, opened.size());
            assertNull(second.take());
            assertTrue(stores.isValid(1));
        } finally {
            for (Connection each : opened) {
                each.close();
            }
        }
    }

    private void executeWhileItIsAway(String sql) throws SQLException {
        away = false;
        execute(sql);
        away = true;
    }

    @Test
    void whoDidNotSeeTheLeaderDoesNotVouchForTheStore() throws Exception {
        first.take();
        end(first, LEADERS);
        assertFalse(takeSoon(second).watched());
    }

    @Test
    void whoSawAnotherLeaderDoesNotVouchForTheStore() throws Exception {
        first.take();
        assertNull(second.take());
        first.close();
        Leadership third = leadership("third", THIRDS);
        takeSoon(third);
        end(third, THIRDS);
        assertFalse(takeSoon(second).watched());
    }

    @Test
    void whoSawTheLeaderLongAgoDoesNotVouchForTheStore() throws Exception {
        first.take();
        assertNull(second.take());
        first.close();
        Leadership.Taken[] taken = new Leadership.Taken[1];
        // Each time long after the last observation, which may still have seen the first one: its connection takes a
        // while to end.
        Eventually.that("it leads", () -> {
            nanos.addAndGet(Duration.ofMinutes(11).toNanos());
            taken[0] = second.take();
            return taken[0] != null;
        });
        assertFalse(taken[0].watched());
    }

    @Test
    void whoSawTheLeaderTenMinutesAgoVouchesForTheStore() throws Exception {
        nanos.set(Duration.ofHours(1).toNanos());
        first.take();
        assertNull(second.take());
        end(first, LEADERS);
        nanos.addAndGet(Duration.ofMinutes(10).toNanos());
        assertTrue(takeSoon(second).watched());
    }

    @Test
    void whoSawTheDatabaseFurtherThanItIsNowDoesNotVouchForTheStore() throws Exception {
        AtomicReference<UnaryOperator<String>> question = new AtomicReference<>(UnaryOperator.identity());
        try (Leadership third = misled(question)) {
            first.take();
            assertNull(third.take());
            end(first, LEADERS);
            question.set(sql -> sql.replace("pg_current_wal_lsn()", "'0/1'::pg_lsn"));
            assertFalse(takeSoon(third).watched());
        }
    }

    @Test
    void aLeaderThatFindsAnotherDatabaseInThePlaceOfItsOwnStepsDown() throws Exception {
        AtomicReference<UnaryOperator<String>> question = new AtomicReference<>(UnaryOperator.identity());
        try (Leadership third = misled(question)) {
            third.take();
            end(third, THIRDS);
            assertTrue(third.keep());
            end(third, THIRDS);
            question.set(sql -> sql.replace("s.system_identifier::text", "'7'"));
            assertFalse(third.keep());
            // It left no lock behind.
            takeSoon(first);
        }
    }

    @Test
    void whatIsLeftOfALeaderThatIsGoneIsEnded() throws Exception {
        first.take();
        try (Connection left = open(LEADERS)) {
            first.close();
            takeSoon(second);
            Eventually.that("its connection was ended", () -> !left.isValid(5));
        }
    }

    @Test
    void aDatabaseThatCameLessFarIsNotTheOneThatWasSeen() {
        DatabasePosition seen = new DatabasePosition("7", "00000001", 100);
        assertTrue(new DatabasePosition("7", "00000001", 100).follows(seen));
        assertFalse(new DatabasePosition("7", "00000001", 99).follows(seen));
        assertFalse(new DatabasePosition("7", "00000002", 200).follows(seen));
        assertFalse(new DatabasePosition("8", "00000001", 200).follows(seen));
    }

    @Test
    void tablesOfANewerProgramAreLeftAlone() throws Exception {
        first.take();
        first.close();
        execute("update pl_leader_version set version = 3");
        String message = assertThrows(SQLException.class, second::take).getMessage();
        assertTrue(message.contains("start the newer program"), message);
        assertFalse(second.isAnswered());
    }

    /** Each statement is answered, but this server does not get an answer. */
    @Test
    void tablesAreMadeWholeOrNotAtAll() throws Exception {
        Leadership.Source source = () -> {
            Connection real = open(THIRDS);
            return proxy(Connection.class, real, "createStatement", (Answer) none -> {
                Statement statement = real.createStatement();
                return proxy(Statement.class, statement, "execute", (Answer) sql -> {
                    boolean rows = statement.execute((String) sql[0]);
                    if (((String) sql[0]).startsWith("insert into pl_lease")) {
                        throw new SQLException("no answer");
                    }
                    return rows;
                });
            });
        };
        try (Leadership third = third(source)) {
            assertEquals(
                    "no answer", assertThrows(SQLException.class, third::take).getMessage());
        }
        assertEquals("0", one("select count(*) from pg_tables where tablename like 'pl\\_%'"));
        assertEquals(1, takeSoon(first).epoch());
    }

    @Test
    void aTakeoverThatFailsHalfwayChangesNothing() throws Exception {
        first.take();
        end(first, LEADERS);
        Leadership.Source source = () -> {
            Connection real = open(THIRDS);
            return proxy(Connection.class, real, "prepareStatement", (Answer) sql -> proxy(
                    PreparedStatement.class, real.prepareStatement((String) sql[0]), "executeUpdate", (Answer) none -> {
                        throw new SQLException("no answer");
                    }));
        };
        try (Leadership third = third(source)) {
            assertEquals(
                    "no answer", assertThrows(SQLException.class, third::take).getMessage());
        }
        assertEquals("1 first", one("select epoch || ' ' || holder from pl_leader"));
    }
}
