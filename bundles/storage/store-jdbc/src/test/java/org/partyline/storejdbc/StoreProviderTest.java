package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.h2.Driver;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.util.OsgiDataSourceFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.jdbc.DataSourceFactory;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.panic.Erasable;
import org.partyline.api.panic.EraseJournal;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.testkit.Logged;

class StoreProviderTest {
    @TempDir
    Path home;

    private final List<Store> registered = new ArrayList<>();
    private final List<Erasable> erasables = new ArrayList<>();
    private final DataSourceFactory h2 = new OsgiDataSourceFactory(new Driver());

    private BundleContext context() {
        return context(Map.of());
    }

    private BundleContext context(Map<String, String> properties) {
        return (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getProperty" ->
                        properties.getOrDefault(
                                arguments[0], arguments[0].equals("partyline.home") ? home.toString() : null);
                    case "registerService" ->
                        arguments[1] instanceof Store store ? register(store) : other(arguments[1]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private ServiceRegistration<?> other(Object store) {
        if (store instanceof Erasable erasable) {
            erasables.add(erasable);
        }
        return (ServiceRegistration<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServiceRegistration.class},
                (proxy, method, arguments) -> erasables.remove(store) ? null : null);
    }

    @Test
    void aStoreThatWasToGoWhenTheServerEndedIsGoneBeforeItCanBeOpened() throws Exception {
        StoreProvider provider = started("");
        registered.get(0).create(Bench.passphrase());
        assertEquals(List.of("store"), erasables.stream().map(Erasable::name).toList());
        provider.stop();
        assertEquals(List.of(), erasables);

        EraseJournal journal = new EraseJournal(home);
        journal.begin(Set.of("store", "logs"));
        // Another store was moved out of the way, and the server stopped before it was overwritten.
        Files.writeString(home.resolve("store").resolve("partyline.remains"), "what is left of it");
        provider = new StoreProvider(context(), settings(""));
        provider.start();
        provider.bindH2(h2);
        assertEquals(Store.State.NEW, registered.get(0).state());
        assertFalse(Files.exists(home.resolve("store").resolve("partyline.remains")));
        assertEquals(Set.of("logs"), journal.pending());
        provider.stop();
    }

    @Test
    void aDuressPassphraseIsCarriedOutByWhoHasTheOrderAndWithoutOneByTheStoreAlone() throws Exception {
        StoreProvider provider = started("");
        Store store = registered.get(0);
        store.create(Bench.passphrase());
        store.setDuress(Bench.passphrase(), "the first of two".toCharArray());
        store.lock();
        store.unlock("the first of two".toCharArray());
        assertEquals(Set.of(), new EraseJournal(home).pending());
        assertFalse(Files.exists(home.resolve("erasing-next")));
        store.setDuress("the first of two".toCharArray(), "the second of two".toCharArray());
        store.lock();
        List<String> done = new ArrayList<>();
        provider.eraseOrder = own -> {
            done.add("journal");
            assertTrue(own.getAsBoolean());
            done.add("rest");
        };
        store.unlock("the second of two".toCharArray());
        assertEquals(List.of("journal", "rest"), done);
        assertEquals(Store.State.OPEN, store.state());
        provider.stop();
    }

    /** A separate server that stops in the middle of a duress unlock: an error simulates the kill. */
    private void endsWhereItIsErased(boolean after) throws Exception {
        StoreProvider provider = started("");
        Store store = registered.get(0);
        store.create(Bench.passphrase());
        Bench.put(store, "t", "k", "what nobody may read");
        store.setDuress(Bench.passphrase(), "under duress".toCharArray());
        store.lock();
        EraseJournal journal = new EraseJournal(home);
        provider.eraseOrder = own -> {
            try {
                journal.begin(Set.of("store", "logs"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (after) {
                assertTrue(own.getAsBoolean());
            }
            throw new OutOfMemoryError("in the place of a kill");
        };
        assertThrows(OutOfMemoryError.class, () -> store.unlock("under duress".toCharArray()));
        if (after) {
            // The failure was that of another part: the empty store can be used by now.
            store.unlock("under duress".toCharArray());
            Bench.put(store, "u", "k", "another life");
        }
        provider.stop();
        assertEquals(Set.of("store", "logs"), journal.pending());
    }

    private void assertShowsAnEmptyStore(String passphrase, int used) throws Exception {
        StoreProvider provider = started("");
        Store store = registered.get(0);
        assertEquals(Store.State.LOCKED, store.state());
        assertThrows(WrongPassphraseException.class, () -> store.unlock(Bench.passphrase()));
        store.unlock(passphrase.toCharArray());
        assertEquals(0, (int) store.transact(tx -> tx.list("t").size()));
        assertEquals(used, (int) store.transact(tx -> tx.list("u").size()));
        assertEquals(Set.of("logs"), new EraseJournal(home).pending());
        try (Stream<Path> files = Files.list(home)) {
            assertEquals(
                    List.of("erasing", "store"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        provider.stop();
    }

    @Test
    void aServerThatEndsBeforeADuressUnlockErasedTheStoreShowsAnEmptyOneAtItsNextStart() throws Exception {
        endsWhereItIsErased(false);
        assertShowsAnEmptyStore("under duress", 0);
    }

    @Test
    void aServerThatEndsWhenADuressUnlockHasErasedTheStoreShowsTheSameEmptyOne() throws Exception {
        endsWhereItIsErased(true);
        assertShowsAnEmptyStore("under duress", 1);
    }

    /** The journal could not be written, as on a full disk: the next start takes the erasure for an unfinished one. */
    @Test
    void anEmptyStoreThatIsInUseIsNotErasedBecauseTheJournalStillNamesTheStore() throws Exception {
        StoreProvider provider = started("");
        Store store = registered.get(0);
        store.create(Bench.passphrase());
        store.setDuress(Bench.passphrase(), "under duress".toCharArray());
        store.lock();
        provider.eraseOrder = own -> {
            try {
                new EraseJournal(home).begin(Set.of("store", "logs"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assertTrue(own.getAsBoolean());
        };
        store.unlock("under duress".toCharArray());
        Bench.put(store, "u", "k", "another life");
        store.changePassphrase("under duress".toCharArray(), "quite another one".toCharArray());
        store.setDuress("quite another one".toCharArray(), "under duress".toCharArray());
        provider.stop();
        assertShowsAnEmptyStore("quite another one", 1);
    }

    @Test
    void anErasureThatTheStoreAloneCouldNotFinishGoesOnAtTheNextStart() throws Exception {
        new EraseJournal(home).begin(Set.of("logs"));
        StoreProvider provider = started("");
        Store store = registered.get(0);
        store.create(Bench.passphrase());
        Bench.put(store, "t", "k", "what nobody may read");
        store.setDuress(Bench.passphrase(), "under duress".toCharArray());
        store.lock();
        // A file that cannot be overwritten or deleted.
        Path keys = home.resolve("store/keys");
        Files.delete(keys);
        Files.createDirectories(keys.resolve("it is not empty"));
        StoreException refused = assertThrows(StoreException.class, () -> store.unlock("under duress".toCharArray()));
        assertEquals("the store's keys cannot be overwritten: destroy their disk", refused.getMessage());
        Files.delete(keys.resolve("it is not empty"));
        Files.delete(keys);
        provider.stop();
        assertEquals(Set.of("store", "logs"), new EraseJournal(home).pending());
        assertShowsAnEmptyStore("under duress", 0);
    }

    /** It stopped before the journal was written: nothing was erased. */
    @Test
    void whatWasToTakeTheStoresPlaceMeansNothingWithoutTheJournal() throws Exception {
        endsWhereItIsErased(false);
        Files.delete(home.resolve("erasing"));
        StoreProvider provider = started("");
        Store store = registered.get(0);
        store.unlock(Bench.passphrase());
        assertEquals(1, (int) store.transact(tx -> tx.list("t").size()));
        assertFalse(Files.exists(home.resolve("erasing-next")));
        provider.stop();
    }

    private ServiceRegistration<?> register(Store store) {
        registered.add(store);
        // Whoever uses a part of it still has the store.
        return (ServiceRegistration<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("unregister")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    assertEquals(List.of(), erasables, "the store goes last");
                    registered.remove(store);
                    return null;
                });
    }

    private static Map<String, Object> settings(String dataSource) {
        return settings(dataSource, "1h");
    }

    private static Map<String, Object> settings(String dataSource, String eraseAfter) {
        return Map.of("datasource", dataSource, "erase-after", eraseAfter);
    }

    /** A database of this test alone: it stays in memory as long as the process. */
    private JdbcDataSource memory(String name) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:" + name + home.getFileName() + ";DB_CLOSE_DELAY=-1");
        return dataSource;
    }

    @Test
    void withoutSettingsTheStoreIsInTheHomeAsLongAsH2IsThere() {
        StoreProvider provider = new StoreProvider(context(), settings(""));
        provider.start();
        assertEquals(0, registered.size());
        provider.bindH2(h2);
        assertEquals(1, registered.size());
        Store first = registered.get(0);
        assertEquals(Store.State.NEW, first.state());
        assertTrue(Files.exists(home.resolve("store").resolve("partyline.mv.db")));
        // A data source that is not configured changes nothing.
        provider.bindDataSource(memory("other"), Map.of("osgi.jndi.service.name", "other"));
        assertEquals(List.of(first), registered);
        provider.unbindH2(h2);
        assertEquals(0, registered.size());
        assertThrows(StoreException.class, () -> first.note("a", "b"));
        provider.bindH2(h2);
        assertNotSame(first, registered.get(0));
        provider.stop();
        assertEquals(0, registered.size());
    }

    @Test
    void aNamedDataSourceIsUsedInPlaceOfH2() throws Exception {
        for (String key : List.of("osgi.jndi.service.name", "dataSourceName")) {
            StoreProvider provider = new StoreProvider(context(), settings(" mine "));
            provider.bindH2(h2);
            String log = Logged.during(provider::start);
            assertTrue(log.contains("datasource=mine: there is no such DataSource service yet"), log);
            provider.bindDataSource(memory("other"), Map.of(key, "other"));
            assertEquals(0, registered.size());
            JdbcDataSource mine = memory("mine-" + key);
            provider.bindDataSource(mine, Map.of(key, "mine"));
            assertEquals(1, registered.size());
            registered.get(0).note("where", "in memory");
            try (var connection = mine.getConnection();
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("select content from pl_note")) {
                assertTrue(rows.next());
            }
            assertFalse(Files.exists(home.resolve("store")));
            provider.unbindDataSource(mine);
            assertEquals(0, registered.size());
            provider.stop();
        }
    }

    private StoreProvider started(String dataSource) {
        StoreProvider provider = new StoreProvider(context(), settings(dataSource));
        provider.derivations = List.of(Map.entry(Map.of(), new QuickArgon2()));
        provider.start();
        provider.bindH2(h2);
        provider.bindDataSource(memory("shared"), Map.of("osgi.jndi.service.name", "shared"));
        return provider;
    }

    /** Whoever moves to a database may not know that a home has one key file. */
    @Test
    void aNewStoreInADatabaseDoesNotEraseTheKeyOfTheHomesOwnStore() throws Exception {
        StoreProvider provider = started("");
        registered.get(0).create(Bench.passphrase());
        provider.stop();
        provider = started("shared");
        Store shared = registered.get(0);
        StoreException refused = assertThrows(StoreException.class, () -> shared.create(Bench.passphrase()));
        assertTrue(refused.getMessage().contains(home.resolve("store").toString()), refused.getMessage());
        provider.stop();
        provider = started("");
        registered.get(0).unlock(Bench.passphrase());
        ((JdbcStore) registered.get(0)).destroy();
        provider.stop();
        provider = started("");
        assertEquals(Store.State.NEW, registered.get(0).state());
        provider.stop();
        // The home's own file has no store now, as after every first start.
        assertTrue(Files.exists(home.resolve("store").resolve("partyline.mv.db")));
        provider = started("shared");
        registered.get(0).create(Bench.passphrase());
        registered.get(0).lock();
        ((JdbcStore) registered.get(0)).destroy();
        registered.get(0).create(Bench.passphrase());
        provider.stop();
    }

    @Test
    void aHomeWithoutAnyStoreCreatesOneInADatabase() throws Exception {
        StoreProvider provider = started("shared");
        registered.get(0).create(Bench.passphrase());
        registered.get(0).lock();
        registered.get(0).unlock(Bench.passphrase());
        assertEquals(Store.State.OPEN, registered.get(0).state());
        assertFalse(Files.exists(home.resolve("store").resolve("partyline.mv.db")));
        provider.stop();
    }

    @Test
    void aChangeOfSettingsLeavesTheStoreOpenUnlessItIsAnotherDatabase() throws Exception {
        StoreProvider provider = new StoreProvider(context(), settings(""));
        provider.bindH2(h2);
        provider.start();
        provider.derivations = List.of(Map.entry(Map.of(), new QuickArgon2()));
        Store store = registered.get(0);
        store.create(Bench.passphrase());
        provider.modified(settings("", "2h"));
        provider.modified(settings("", "2 hours"));
        assertEquals(List.of(store), registered);
        assertEquals(Store.State.OPEN, store.state());
        JdbcDataSource other = memory("elsewhere");
        provider.bindDataSource(other, Map.of("osgi.jndi.service.name", "elsewhere"));
        provider.modified(settings("elsewhere"));
        assertEquals(1, registered.size());
        assertNotSame(store, registered.get(0));
        assertEquals(Store.State.NEW, registered.get(0).state());
        provider.stop();
    }

    private static final KeyDerivation ANOTHER = new KeyDerivation() {
        @Override
        public KdfId id() {
            return KdfId.SCRYPT;
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            throw new AssertionError("it is not the derivation that the store uses");
        }
    };

    @Test
    void theKeyDerivationWithTheHighestRankingIsAskedAndItsAbsenceIsSaid() throws Exception {
        StoreProvider provider = new StoreProvider(context(), settings(""));
        provider.bindH2(h2);
        provider.start();
        StoreException refused =
                assertThrows(StoreException.class, () -> registered.get(0).create(Bench.passphrase()));
        assertTrue(refused.getMessage().contains("ARGON2ID"), refused.getMessage());
        QuickArgon2 low = new QuickArgon2();
        QuickArgon2 high = new QuickArgon2();
        provider.derivations = List.of(
                Map.entry(Map.of("service.id", 7L), low),
                Map.entry(Map.of("service.ranking", 10), high),
                Map.entry(Map.of("service.ranking", 99), ANOTHER));
        registered.get(0).create(Bench.passphrase());
        assertEquals(1, high.runs.get());
        assertEquals(0, low.runs.get());
        provider.stop();
    }

    @Test
    void aLeaderUsesTheSharedDatabaseWhateverTheSettingsSay() {
        BundleContext leader = context(Map.of("partyline.leader.token", "00112233"));
        StoreProvider provider = new StoreProvider(leader, settings("mine"));
        provider.start();
        provider.bindH2(h2);
        JdbcDataSource mine = memory("mine");
        provider.bindDataSource(mine, Map.of("osgi.jndi.service.name", "mine"));
        assertEquals(List.of(), registered);
        provider.bindDataSource(memory("shared"), Map.of("osgi.jndi.service.name", "partyline.shared"));
        assertEquals(1, registered.size());
        // The table with the token of the leader is missing.
        assertThrows(StoreException.class, () -> registered.get(0).note("a", "b"));
        List<Store> shared = List.copyOf(registered);
        provider.modified(settings(""));
        provider.unbindDataSource(mine);
        assertEquals(shared, registered);
        provider.stop();
    }

    @Test
    void withoutAHomeTheStoreIsInKarafsDataAndABlankTokenIsNone() {
        Map<String, String> properties = new HashMap<>();
        properties.put("partyline.leader.token", " ");
        for (String none : Arrays.asList(null, " ")) {
            properties.put("partyline.home", none);
            properties.put("karaf.data", home.resolve("data" + none).toString());
            StoreProvider provider = new StoreProvider(context(properties), settings(""));
            provider.modified(settings("", "2h"));
            provider.start();
            provider.bindH2(h2);
            assertEquals(Store.State.NEW, registered.get(0).state());
            assertTrue(Files.exists(home.resolve("data" + none).resolve("partyline/store/partyline.mv.db")));
            provider.stop();
        }
    }

    @Test
    void aServiceThatIsReplacedTakesNothingWithItWhenItGoes() {
        StoreProvider provider = new StoreProvider(context(), settings(""));
        provider.start();
        provider.bindH2(h2);
        Store first = registered.get(0);
        provider.bindH2(new OsgiDataSourceFactory(new Driver()));
        provider.unbindH2(h2);
        assertEquals(1, registered.size());
        assertNotSame(first, registered.get(0));
        provider.stop();
    }

    @Test
    void aStoppedProviderLeavesNoThread() throws Exception {
        StoreProvider provider = new StoreProvider(context(), settings(""));
        provider.start();
        provider.bindH2(h2);
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("partyline-store"))
                .toList();
        assertFalse(threads.isEmpty());
        provider.stop();
        for (Thread each : threads) {
            assertTrue(each.isDaemon());
            each.join();
        }
    }

    @Test
    void itsSettingsAreListed() {
        StoreSettings settings = new StoreSettings();
        assertEquals("org.partyline.store.jdbc", settings.pid());
        assertFalse(settings.title().isBlank());
        assertEquals(List.of(StoreSettings.DATASOURCE, StoreSettings.ERASE_AFTER), settings.settings());
    }

    @Test
    void aNameThatCannotBeIsRefusedWithItsKey() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> new StoreProvider(context(), settings("a\nb")));
        assertEquals(
                "datasource = 'a?b': it must be the name of a DataSource service, at most 255 characters, or nothing",
                refused.getMessage());
    }
}
