package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.passphrase;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.testkit.PostgreSqlServer;
import org.postgresql.ds.PGSimpleDataSource;

/** One database and two homes: the database and the passphrase open nothing without the share of one of the homes. */
@EnabledIf(value = "isInstalled", disabledReason = PostgreSqlServer.MISSING)
class KeyShareTest {
    private static final char[] DURESS = "here it is, take it".toCharArray();
    private static final List<String> TABLES = List.of("pl_meta", "pl_record", "pl_candidate", "pl_dropped", "pl_note");

    @TempDir
    Path homes;

    private PGSimpleDataSource dataSource;
    private Bench north;
    private Bench south;
    private SecretBytes storeKey;

    static boolean isInstalled() throws IOException {
        return PostgreSqlServer.shared().isPresent();
    }

    @BeforeEach
    void northMakesTheStore() throws Exception {
        dataSource = PostgreSqlStoreTest.dataSource();
        north = bench("north");
        south = bench("south");
        north.store.create(passphrase());
        north.put("t", "k", "v");
        storeKey = north.store.storeKey(passphrase());
    }

    @AfterEach
    void closesBoth() {
        north.close();
        south.close();
    }

    private Path keys(String home) {
        return homes.resolve(home).resolve("store/keys");
    }

    private KeyShare share(String home) {
        return new KeyShare(keys(home), new SecureRandom());
    }

    private Bench bench(String home) {
        return new Bench(new ExternalDatabase(dataSource, share(home), () -> false));
    }

    @Test
    void aKeyFileThatCannotBeReadIsNamed() throws Exception {
        north.close();
        Files.delete(keys("north"));
        Files.createDirectory(keys("north"));
        north = bench("north");
        StoreException refused = assertThrows(StoreException.class, () -> north.store.unlock(passphrase()));
        assertTrue(
                refused.getMessage().startsWith("the file " + keys("north") + " with this server's share"),
                refused::getMessage);
    }

    /** As described in docs/ha.md. */
    private void copyKeys() throws IOException {
        Files.createDirectories(keys("south").getParent());
        Files.copy(keys("north"), keys("south"));
    }

    private void sql(String before, String after) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute(before.replace("TABLE", table));
                if (!after.isEmpty()) {
                    statement.execute(after.replace("TABLE", table));
                }
            }
        }
    }

    private void dump() throws SQLException {
        sql("create table dump_TABLE as select * from TABLE", "");
    }

    private void restore() throws SQLException {
        sql("create table if not exists TABLE (like dump_TABLE)", "delete from TABLE");
        sql("insert into TABLE select * from dump_TABLE", "");
    }

    private byte[] row() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return Meta.get(connection, Meta.SHARE);
        }
    }

    private static void assertRefuses(Bench bench, SecretBytes storeKey, String why) {
        assertTrue(assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()))
                .getMessage()
                .contains(why));
        assertTrue(assertThrows(StoreException.class, () -> bench.store.unlock(storeKey))
                .getMessage()
                .contains(why));
    }

    /** Whether a key opens the only record in the database, as shown by the cipher rather than by a server. */
    private boolean opens(StoreKeys keys) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select id, tab, rec, grp, sealed, more from pl_record")) {
            assertTrue(row.next());
            RecordBody.open(keys, row);
            return true;
        } catch (DamagedRecordException e) {
            return false;
        }
    }

    @Test
    void whatThePassphraseGivesOpensNoRecordWithoutTheShare() throws Exception {
        byte[] row = row();
        SecureRandom random = new SecureRandom();
        try (StoreKeys alone = new StoreKeys(storeKey.expose(), random);
                StoreKeys other =
                        KeyShare.keys(Optional.of(share("south").next(Optional.empty())), storeKey.expose(), random);
                StoreKeys both = KeyShare.keys(Optional.of(share("north").of(row)), storeKey.expose(), random)) {
            assertFalse(opens(alone));
            assertFalse(opens(other));
            assertTrue(opens(both));
        }
    }

    private int held(String home) throws IOException {
        return Haystack.keysIn(Files.readAllBytes(keys(home))).size();
    }

    @Test
    void theSecondServerOpensTheStoreOnceItWasGivenTheFile() throws Exception {
        assertRefuses(south, storeKey, "this server has no share of the store's keys in " + keys("south"));
        copyKeys();
        south.store.unlock(storeKey);
        assertEquals(Optional.of("v"), south.get("t", "k"));
        south.store.lock();
        south.store.unlock(passphrase());
        assertEquals(Optional.of("v"), south.get("t", "k"));
        assertThrows(WrongPassphraseException.class, () -> bench("south").store.unlock("another".toCharArray()));
        share("south").destroy();
        bench("south").store.state();
        // A share of another store.
        share("south").next(Optional.empty()).close();
        assertRefuses(bench("south"), storeKey, "this server has the share of another store's keys");
    }

    @Test
    void withBothSharesGoneADumpIsNoise() throws Exception {
        copyKeys();
        dump();
        north.store.destroy();
        assertFalse(Files.exists(keys("north")));
        restore();
        assertRefuses(bench("north"), storeKey, "has no share");
        // The other home can open it until its share is erased, too.
        try (Bench other = bench("south")) {
            other.store.unlock(passphrase());
            assertEquals(Optional.of("v"), other.get("t", "k"));
            other.store.destroy();
        }
        restore();
        assertRefuses(bench("south"), storeKey, "has no share");
    }

    @Test
    void aDuressUnlockLeavesNoShareOfTheStoreBeforeAndTheOtherHomeFollows() throws Exception {
        copyKeys();
        north.store.setDuress(passphrase(), DURESS);
        dump();
        north.store.lock();
        north.store.unlock(DURESS);
        assertEquals(Optional.empty(), north.get("t", "k"));
        north.put("t", "k", "another life");
        assertEquals(1, held("north"));
        try (Bench other = bench("south")) {
            other.store.unlock(DURESS);
            assertEquals(Optional.of("another life"), other.get("t", "k"));
            assertEquals(1, held("south"));
        }
        restore();
        assertRefuses(bench("north"), storeKey, "has the share of another store's keys");
        assertRefuses(bench("south"), storeKey, "has the share of another store's keys");
    }

    /** Whatever the passphrase is given to while the store is locked. */
    @Test
    void noOperationWithTheDuressPassphraseLeavesTheShareOfTheStoreBefore() throws Exception {
        char[] another = "another passphrase".toCharArray();
        List<Executable> operations = List.of(
                () -> north.store.storeKey(DURESS).close(),
                () -> north.store.changePassphrase(DURESS, passphrase()),
                () -> north.store.setDuress(DURESS, another),
                () -> north.store.removeDuress(DURESS));
        for (Executable operation : operations) {
            north.store.destroy();
            north.store.create(passphrase());
            north.store.setDuress(passphrase(), DURESS);
            north.store.lock();
            assertDoesNotThrow(operation);
            assertEquals(1, held("north"));
        }
    }

    @Test
    void aServerThatEndsOnceTheEmptyStoreIsMadeErasesTheShareOfTheStoreBeforeAtItsNextStart() throws Exception {
        byte[] row = row();
        KeyShare.Share next = share("north").next(Optional.of(row));
        next.close();
        try (Connection connection = dataSource.getConnection()) {
            Meta.update(connection, Meta.SHARE, next.row());
        }
        assertEquals(2, held("north"));
        try (Bench again = bench("north")) {
            assertEquals(Store.State.LOCKED, again.store.state());
            assertEquals(1, held("north"));
        }
    }

    @Test
    void aDatabaseThatDoesNotAnswerThatTheEmptyStoreIsMadeIsAskedAgain() throws Exception {
        north.store.setDuress(passphrase(), DURESS);
        byte[] row = row();
        FaultySource source = new FaultySource(new ExternalDatabase(dataSource, share("north"), () -> false));
        try (Bench again = new Bench(source)) {
            assertEquals(Store.State.LOCKED, again.store.state());
            source.hook = (what, done) -> {
                if (what.equals("commit") && done && !Arrays.equals(row, row())) {
                    throw new SQLException("the connection broke", "08006");
                }
            };
            assertThrows(StoreException.class, () -> again.store.storeKey(DURESS));
            source.hook = (what, done) -> {};
            assertFalse(Arrays.equals(row, row()));
            assertEquals(Store.State.LOCKED, again.store.state());
            assertEquals(1, held("north"));
        }
    }

    /** The share of the empty store is on the disk before the database refers to it. */
    @Test
    void aServerThatEndsBeforeTheEmptyStoreIsMadeHasTheShareOfTheOneThatIsThere() throws Exception {
        byte[] row = row();
        for (int i = 0; i < 3; i++) {
            share("north").next(Optional.of(row)).close();
            assertEquals(2, held("north"));
        }
        try (Bench again = bench("north")) {
            again.store.unlock(passphrase());
            assertEquals(Optional.of("v"), again.get("t", "k"));
            assertEquals(1, held("north"));
        }
    }

    /** As when a server is no longer one of a pair. */
    @Test
    void noStoreInAFileUsesTheShareOfAStoreInADatabase() throws Exception {
        north.close();
        try (Bench own = Bench.embedded(homes.resolve("north/store"))) {
            String message = assertThrows(StoreException.class, () -> own.store.create(passphrase()))
                    .getMessage();
            assertTrue(message.contains("belongs to a store in a database"), message);
        }
        try (Bench again = bench("north")) {
            again.store.unlock(passphrase());
            assertEquals(Optional.of("v"), again.get("t", "k"));
        }
    }
}
