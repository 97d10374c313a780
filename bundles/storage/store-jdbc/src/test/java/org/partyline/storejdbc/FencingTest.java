package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.NO_GROUP;
import static org.partyline.storejdbc.Bench.bytes;
import static org.partyline.storejdbc.Bench.passphrase;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.partyline.api.health.Finding;
import org.partyline.api.store.NotLeaderException;
import org.partyline.api.store.RowsPutBackException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.testkit.PostgreSqlServer;
import org.postgresql.ds.PGSimpleDataSource;

/** One database, two servers, one leader at a time. */
@EnabledIf(value = "isInstalled", disabledReason = PostgreSqlServer.MISSING)
class FencingTest {
    private static final String FIRST = "00112233445566778899aabbccddeeff";
    private static final String SECOND = "ffeeddccbbaa99887766554433221100";
    private static final String NO_LOCK = "55P03";

    private PGSimpleDataSource dataSource;
    private FaultySource source;
    private String history = "";
    private Bench first;
    private Bench second;

    static boolean isInstalled() throws IOException {
        return PostgreSqlServer.shared().isPresent();
    }

    @BeforeEach
    void makesTwoServersOfWhichTheFirstLeads() throws Exception {
        dataSource = PostgreSqlStoreTest.dataSource();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table pl_leader (id integer primary key, token bytea not null)");
            statement.execute("insert into pl_leader values (1, '')");
        }
        takeOver(FIRST, 0);
        source = new FaultySource(new ConnectionSource() {
            @Override
            public Connection open() throws SQLException {
                return dataSource.getConnection();
            }

            @Override
            public Duration patience() {
                return Duration.ofSeconds(20);
            }
        });
        first = bench(source, FIRST);
        second = bench(dataSource::getConnection, SECOND);
        first.store.create(passphrase());
        first.put("t", "k", "1");
    }

    @AfterEach
    void closesBoth() {
        first.close();
        second.close();
    }

    private Bench bench(ConnectionSource source, String token) {
        return new Bench(new Database(source, new LeaderFence(token, history, false, "")));
    }

    /** Also to a bundle that starts again in this process. */
    @Test
    void whatThisServerPublishedReplacesWhatThePreviousLeaderHadPublished() {
        try {
            Fence fence = new LeaderFence(FIRST, "", false, "7:a");
            assertEquals(Optional.of("7:a"), fence.published());
            fence.publish("8:b");
            assertEquals(Optional.of("8:b"), fence.published());
            assertEquals(Optional.of("8:b"), new LeaderFence(FIRST, "", false, "7:a").published());
        } finally {
            System.clearProperty("partyline.leader.newest");
        }
        assertEquals(Optional.empty(), new LeaderFence(FIRST, "", false, "").published());
    }

    @Test
    void aDatabaseWithAnotherHistoryMayLackWhatWasCommittedLast() throws Exception {
        takeOver(SECOND, 0);
        history = "7/00000009";
        try (Bench promoted = bench(dataSource::getConnection, SECOND)) {
            assertThrows(NotLeaderException.class, () -> promoted.store.unlock(passphrase()));
        }
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select system_identifier::text || '/' ||"
                        + " substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) from pg_control_system()")) {
            row.next();
            history = row.getString(1);
        }
        try (Bench same = bench(dataSource::getConnection, SECOND)) {
            same.store.unlock(passphrase());
        }
    }

    /** Acts like the lock of another server. */
    private void takeOver(String token, int patience) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement update =
                        connection.prepareStatement("update pl_leader set token = decode(?, 'hex') where id = 1")) {
            statement.execute("set lock_timeout = " + patience);
            update.setString(1, token);
            assertEquals(1, update.executeUpdate());
        }
    }

    @Test
    void aServerThatDoesNotLeadOpensNothing() {
        assertThrows(NotLeaderException.class, () -> second.store.unlock(passphrase()));
        assertThrows(NotLeaderException.class, () -> second.store.note("a", "b"));
        assertThrows(NotLeaderException.class, () -> second.store.collect(bytes("c")));
    }

    @Test
    void anOldLeaderReadsAndWritesNothingMoreAndForgetsItsKeys() throws Exception {
        first.store.confirmLeader();
        takeOver(SECOND, 0);
        second.store.unlock(passphrase());
        second.put("t", "k", "2");
        assertThrows(NotLeaderException.class, () -> first.put("t", "k", "3"));
        assertEquals(Store.State.LOCKED, first.store.state());
        assertThrows(NotLeaderException.class, () -> first.store.unlock(passphrase()));
        assertEquals(Optional.of("2"), second.get("t", "k"));
    }

    @Test
    void whatTheLockTellsTheStoreIsPassedOn() {
        LeaderFence fence = new LeaderFence(FIRST, history, true, "7:a");
        try (Bench leader = new Bench(new Database(dataSource::getConnection, fence))) {
            assertEquals(Optional.of("7:a"), leader.store.published());
            leader.store.publish("8:b");
            assertEquals(Optional.of("8:b"), leader.store.published());
            assertTrue(leader.store.takenOver());
            assertFalse(leader.store.takenOver(), "once");
        } finally {
            System.clearProperty("partyline.leader.newest");
        }
    }

    @Test
    void aConnectionThatTheDatabaseClosedIsReplaced() throws Exception {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid()");
        }
        assertEquals(Optional.of("1"), first.get("t", "k"));
    }

    /** Nobody can tell then: the new leader decides what counts. */
    @Test
    void aCommitThatNobodyKnowsOfWhenAnotherServerTookOverIsAFailure() throws Exception {
        source.hook = (what, done) -> {
            if (what.equals("commit") && done) {
                takeOver(SECOND, 1000);
                throw new SQLException("the connection broke", "08006");
            }
        };
        assertThrows(StoreException.class, () -> first.put("t", "k", "2"));
        source.hook = (what, done) -> {};
        assertEquals(Store.State.LOCKED, first.store.state());
    }

    @Test
    void anOldLeaderReadsNothing() throws Exception {
        takeOver(SECOND, 0);
        assertThrows(NotLeaderException.class, () -> first.get("t", "k"));
        assertEquals(Store.State.LOCKED, first.store.state());
    }

    @Test
    void anOldLeaderCompactsNothing() throws Exception {
        takeOver(SECOND, 0);
        String before = file();
        assertThrows(NotLeaderException.class, first.store::compact);
        assertEquals(before, file());
    }

    @Test
    void anOldLeaderIsToldBeforeItSends() throws Exception {
        takeOver(SECOND, 0);
        assertThrows(NotLeaderException.class, first.store::confirmLeader);
        assertEquals(Store.State.LOCKED, first.store.state());
    }

    @Test
    void anOldLeaderAddsNoNoteAndNoCandidateAndDeletesNothing() throws Exception {
        takeOver(SECOND, 0);
        assertThrows(NotLeaderException.class, () -> first.store.note("scan", "1"));
        assertThrows(NotLeaderException.class, () -> first.store.collect(bytes("c")));
        assertThrows(
                NotLeaderException.class,
                () -> first.store.changePassphrase(passphrase(), "a better passphrase".toCharArray()));
        second.store.unlock(passphrase());
        assertEquals(Optional.empty(), second.store.note("scan"));
        assertEquals(0, second.store.collected());
    }

    @Test
    void aPassphraseIsNotChangedIfATableOfAnOlderFormatCannotBeDropped() throws Exception {
        char[] other = "another passphrase".toCharArray();
        try (Bench upgraded = upgraded(newer(connection -> {}));
                Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            upgraded.store.unlock(passphrase());
            statement.execute("create view in_use as select * from "
                    + upgraded.store.copies().get(0));
            assertThrows(StoreException.class, () -> upgraded.store.changePassphrase(passphrase(), other));
            upgraded.store.lock();
            upgraded.store.unlock(passphrase());
            statement.execute("drop view in_use");
            upgraded.store.changePassphrase(passphrase(), other);
            upgraded.store.lock();
            upgraded.store.unlock(other);
        }
    }

    @Test
    void nobodyTakesOverInTheMiddleOfATransactionThatWrites() throws Exception {
        first.store.transact(tx -> {
            tx.put("t", bytes("k"), NO_GROUP, bytes("2"), null);
            assertEquals(
                    NO_LOCK,
                    assertThrows(SQLException.class, () -> takeOver(SECOND, 100))
                            .getSQLState());
            return null;
        });
        takeOver(SECOND, 100);
        second.store.unlock(passphrase());
        assertEquals(Optional.of("2"), second.get("t", "k"));
    }

    /** It read before the takeover, and writes after it. */
    @Test
    void aTransactionThatReadBeforeTheTakeoverWritesNothingAfterIt() throws Exception {
        assertThrows(
                NotLeaderException.class,
                () -> first.store.transact(tx -> {
                    tx.get("t", bytes("k"));
                    assertTakesOver();
                    tx.put("t", bytes("k"), NO_GROUP, bytes("late"), null);
                    return null;
                }));
        second.store.unlock(passphrase());
        assertEquals(Optional.of("1"), second.get("t", "k"));
    }

    /** The first server must see what was committed since its transaction began. */
    @Test
    void itIsNoticedWhateverIsolationTheDatabaseHasByDefault() throws Exception {
        dataSource.setOptions("-c default_transaction_isolation=serializable");
        first.close();
        first = bench(source, FIRST);
        first.store.unlock(passphrase());
        aTransactionThatReadBeforeTheTakeoverWritesNothingAfterIt();
    }

    @Test
    void compactingLeavesNoDeletedRowsInTheFilesAndTransactionsAsTheyWere() throws Exception {
        String before = file();
        first.store.compact();
        assertFalse(before.equals(file()));
        assertThrows(
                IllegalStateException.class,
                () -> first.store.transact(tx -> {
                    tx.put("t", bytes("k"), NO_GROUP, bytes("2"), null);
                    throw new IllegalStateException();
                }));
        assertEquals(Optional.of("1"), first.get("t", "k"));
    }

    private String file() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_relation_filepath('pl_record')")) {
            row.next();
            return row.getString(1);
        }
    }

    private void assertTakesOver() throws StoreException {
        try {
            takeOver(SECOND, 1000);
        } catch (SQLException e) {
            throw new StoreException("no takeover", e);
        }
    }

    /** One more format than exist. */
    private static Migrations newer(Migrations.Step last) {
        List<Migrations.Step> steps =
                new ArrayList<>(Collections.nCopies(Migrations.OURS.format() - Migrations.FIRST, connection -> {}));
        steps.add(last);
        return new Migrations(steps);
    }

    /** A source of the first server whose migrations begin after the second one took over. */
    private ConnectionSource takenOverBeforeTheMigration() {
        return new ConnectionSource() {
            @Override
            public Connection open() throws SQLException {
                return dataSource.getConnection();
            }

            @Override
            public void migrate(Migrations migrations, Fence fence) throws SQLException, StoreException {
                takeOver(SECOND, 0);
                new TransactionalMigration(this, fence).run(migrations);
            }
        };
    }

    @Test
    void anOldLeaderBringsTheStoreToNoNewFormat() throws Exception {
        AtomicInteger steps = new AtomicInteger();
        Database old = new Database(
                takenOverBeforeTheMigration(),
                new LeaderFence(FIRST, history, false, ""),
                newer(connection -> steps.incrementAndGet()),
                Long.MAX_VALUE);
        try (Bench upgraded = new Bench(old)) {
            assertThrows(NotLeaderException.class, () -> upgraded.store.unlock(passphrase()));
            assertTrue(old.isLost());
        }
        assertEquals(0, steps.get());
        second.store.unlock(passphrase());
        assertEquals(Optional.of("1"), second.get("t", "k"));
        assertEquals(List.of(), second.store.copies());
    }

    /** The first server with a newer program. */
    private Bench upgraded(Migrations newer) {
        ConnectionSource itself = new ConnectionSource() {
            @Override
            public Connection open() throws SQLException {
                return dataSource.getConnection();
            }

            @Override
            public void migrate(Migrations migrations, Fence fence) throws SQLException, StoreException {
                new TransactionalMigration(this, fence).run(migrations);
            }
        };
        return new Bench(new Database(itself, new LeaderFence(FIRST, history, false, ""), newer, Long.MAX_VALUE));
    }

    /** Their key can still be opened with the previous passphrases. */
    @Test
    void noTablesOfAnOlderFormatAreLeftOnceADuressPassphraseIsSetOrRemoved() throws Exception {
        try (Bench upgraded = upgraded(newer(connection -> {}));
                Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            upgraded.store.unlock(passphrase());
            List<String> copies = upgraded.store.copies();
            assertTrue(copies.contains("pl_meta_format" + Migrations.OURS.format()), copies::toString);
            upgraded.store.setDuress(passphrase(), "take all of it".toCharArray());
            assertEquals(List.of(), upgraded.store.copies());
            statement.execute("create table " + copies.get(0) + " as select * from pl_meta");
            upgraded.store.removeDuress(passphrase());
            assertEquals(List.of(), upgraded.store.copies());
            upgraded.store.setDuress(passphrase(), "take all of it".toCharArray());
            statement.execute("create table " + copies.get(0) + " as select * from pl_meta");
            upgraded.store.lock();
            upgraded.store.unlock("take all of it".toCharArray());
            assertEquals(List.of(), upgraded.store.copies());
            statement.execute("create table " + copies.get(0) + " as select * from pl_meta");
            upgraded.store.destroy();
        }
        try (Bench again = upgraded(newer(connection -> {}))) {
            assertEquals(List.of(), again.store.copies());
        }
    }

    @Test
    void nobodyTakesOverInTheMiddleOfAMigrationAndTheDoctorSaysWhatItLeaves() throws Exception {
        AtomicInteger steps = new AtomicInteger();
        Migrations newer = newer(connection -> {
            assertEquals(
                    NO_LOCK,
                    assertThrows(SQLException.class, () -> takeOver(SECOND, 100))
                            .getSQLState());
            steps.incrementAndGet();
        });
        assertEquals(List.of(), new OldTablesCheck(first.store::copies).examine());
        try (Bench upgraded = upgraded(newer)) {
            upgraded.store.unlock(passphrase());
            assertEquals(1, steps.get());
            List<String> copies = upgraded.store.copies();
            // Another server that waited for this one.
            new TransactionalMigration(dataSource::getConnection, new LeaderFence(FIRST, history, false, ""))
                    .run(newer);
            assertEquals(copies, upgraded.store.copies());
            assertEquals(1, steps.get());
            assertEquals(Optional.of("1"), upgraded.get("t", "k"));
            List<Finding> left = new OldTablesCheck(upgraded.store::copies).examine();
            assertEquals(1, left.size(), left::toString);
            assertEquals(Finding.Verdict.WARNING, left.get(0).verdict());
            assertTrue(left.get(0).remedy().contains("pl_record_format" + Migrations.OURS.format()), left::toString);
            upgraded.store.changePassphrase(passphrase(), passphrase());
            assertEquals(List.of(), new OldTablesCheck(upgraded.store::copies).examine());
        }
    }

    @Test
    void whatAnOldLeaderWasToldToBeStoredIsThereAndNothingElseIs() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> written = thread.submit(() -> {
                int count = 0;
                while (true) {
                    try {
                        first.put("t", "k", Integer.toString(count + 1));
                        count++;
                    } catch (NotLeaderException e) {
                        return count;
                    }
                }
            });
            while (Integer.parseInt(read()) < 20) {
                Thread.onSpinWait();
            }
            takeOver(SECOND, 0);
            second.store.unlock(passphrase());
            String taken = second.get("t", "k").orElseThrow();
            assertEquals(taken, Integer.toString(written.get(60, TimeUnit.SECONDS)));
            assertEquals(taken, second.get("t", "k").orElseThrow());
        } finally {
            thread.shutdownNow();
        }
    }

    /** Reads like the first server, without its gate. */
    private String read() throws StoreException {
        return first.get("t", "k").orElseThrow();
    }

    /** The connection breaks at the commit, which the database carries out a moment later anyway. */
    @Test
    void aCommitThatTakesPlaceAfterItsConnectionBrokeIsNotTakenForAFailure() throws Exception {
        ExecutorService late = Executors.newSingleThreadExecutor();
        boolean[] armed = {true};
        try {
            source.lateCommit = connection -> {
                if (!armed[0]) {
                    return false;
                }
                armed[0] = false;
                late.submit(() -> {
                    // Only once another session waits for the row: before that, it was not asked.
                    waitsForALock();
                    connection.commit();
                    return null;
                });
                return true;
            };
            first.put("t", "k", "2");
            assertFalse(armed[0]);
            assertEquals(Optional.of("2"), first.get("t", "k"));
        } finally {
            late.shutdown();
            assertTrue(late.awaitTermination(30, TimeUnit.SECONDS));
        }
    }

    // ---- restored old rows

    private void execute(String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void dump() throws SQLException {
        execute(
                "create table dump_meta as select * from pl_meta",
                "create table dump_record as select * from pl_record");
    }

    private void putBack() throws SQLException {
        execute(
                "delete from pl_meta",
                "delete from pl_record",
                "insert into pl_meta select * from dump_meta",
                "insert into pl_record select * from dump_record");
    }

    @Test
    void rowsThatArePutBackUnderALeaderAreRefusedUntilTheyAreAccepted() throws Exception {
        dump();
        first.put("t", "k", "2");
        putBack();
        assertThrows(RowsPutBackException.class, () -> first.put("t", "k", "3"));
        assertThrows(RowsPutBackException.class, () -> first.put("t", "other", "3"));
        assertEquals(Optional.of("1"), first.get("t", "k"));
        assertTrue(first.store.acceptPutBack());
        first.put("t", "k", "4");
        assertEquals(Optional.of("4"), first.get("t", "k"));
        assertFalse(first.store.acceptPutBack());
    }

    @Test
    void theStateOfOneTransactionEarlierIsRefusedToo() throws Exception {
        for (int i = 0; i < 3; i++) {
            dump();
            first.put("t", "k", "more " + i);
            putBack();
            execute("drop table dump_meta", "drop table dump_record");
            assertThrows(RowsPutBackException.class, () -> first.put("t", "k", "again"));
            first.store.acceptPutBack();
        }
    }

    @Test
    void theStateBeforeACommitWhoseAnswerIsLostIsRefusedToo() throws Exception {
        dump();
        boolean[] lost = {false};
        source.hook = (call, done) -> {
            if (call.equals("commit") && done && !lost[0]) {
                lost[0] = true;
                throw new SQLException("gone", "08006");
            }
        };
        first.put("t", "k", "2");
        putBack();
        assertThrows(RowsPutBackException.class, () -> first.put("t", "k", "3"));
    }

    @Test
    void theStateBeforeAPacketWasCollectedIsRefusedToo() throws Exception {
        dump();
        first.store.collect(bytes("c"));
        putBack();
        assertThrows(RowsPutBackException.class, () -> first.put("t", "k", "2"));
    }

    @Test
    void itIsNotForgottenWhenCollectingMeetsItFirst() throws Exception {
        dump();
        first.put("t", "k", "2");
        putBack();
        first.store.collect(bytes("c"));
        assertThrows(RowsPutBackException.class, () -> first.put("t", "k", "3"));
    }

    @Test
    void aCommitThatFailedOrWhoseAnswerIsLostIsNoRollback() throws Exception {
        for (String what : List.of("lost", "refused")) {
            int[] armed = {1};
            source.hook = (call, done) -> {
                if (call.equals("commit") && done == what.equals("lost") && armed[0]-- > 0) {
                    throw new SQLException("gone", "08006");
                }
            };
            try {
                first.put("t", "k", what);
            } catch (StoreException e) {
                assertEquals("refused", what);
            }
            source.hook = (call, done) -> {};
            first.store.collect(bytes("candidate " + what));
            first.put("t", "k", "after " + what);
            first.store.collect(bytes("another candidate " + what));
            first.put("t", "k", "and after that " + what);
        }
    }

    /** The outcome could not be determined within the time limit, and the commit had succeeded. */
    @Test
    void aCommitThatNobodyCouldAskForIsNoRollback() throws Exception {
        ConnectionSource impatient = new FaultySource(dataSource::getConnection);
        FaultySource faulty = (FaultySource) impatient;
        try (Bench third = bench(faulty, FIRST)) {
            third.store.unlock(passphrase());
            third.put("t", "k", "1");
            boolean[] away = {false};
            faulty.hook = (call, done) -> {
                if (away[0] || call.equals("commit") && done) {
                    away[0] = true;
                    throw new SQLException("gone", "08006");
                }
            };
            assertThrows(StoreException.class, () -> third.put("t", "k", "2"));
            faulty.hook = (call, done) -> {};
            third.put("t", "k", "3");
            third.put("t", "k", "4");
            assertEquals(Optional.of("4"), third.get("t", "k"));
        }
    }

    private void waitsForALock() throws SQLException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            boolean waits = false;
            while (!waits && System.nanoTime() < until) {
                try (var row = statement.executeQuery(
                        "select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid"
                                + " where not l.granted and a.datname = current_database()")) {
                    row.next();
                    waits = row.getInt(1) > 0;
                }
            }
        }
    }

    @Test
    void aDatabaseThatIsAwayForAMomentIsAskedUntilItTellsWhatBecameOfTheCommit() throws Exception {
        int[] refusals = {3};
        source.hook = (what, done) -> {
            if (what.equals("commit") && done && refusals[0] == 3) {
                refusals[0]--;
                throw new SQLException("broken after the commit", "08006");
            }
            if (what.equals("open") && refusals[0] > 0) {
                refusals[0]--;
                throw new SQLException("not back yet", "08001");
            }
        };
        first.put("t", "k", "2");
        assertEquals(0, refusals[0]);
        assertEquals(Optional.of("2"), first.get("t", "k"));
    }
}
