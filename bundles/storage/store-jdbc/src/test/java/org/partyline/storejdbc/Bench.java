package org.partyline.storejdbc;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.h2.Driver;
import org.h2.util.OsgiDataSourceFactory;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.testkit.HandSetClock;

/** The environment of a store, controlled by a test. */
public final class Bench implements AutoCloseable {
    static final byte[] NO_GROUP = {};
    static final int MOST_CANDIDATES = 20;

    final QuickArgon2 argon2 = new QuickArgon2();
    final HandSetClock clock;
    final HandScheduler scheduler = new HandScheduler();
    /** The arrays that the store had filled with random bytes, except short ones. */
    final List<byte[]> drawn = Collections.synchronizedList(new ArrayList<>());

    final JdbcStore store;

    Bench(ConnectionSource source) {
        this(new Database(source));
    }

    Bench(Database database) {
        this(database, new HandSetClock(Instant.parse("2026-03-01T12:00:00Z")));
    }

    private Bench(Database database, HandSetClock clock) {
        this.clock = clock;
        store = new JdbcStore(
                database,
                id -> id == argon2.id() ? Optional.of(argon2) : Optional.empty(),
                QuickArgon2.CHEAP,
                random(),
                clock,
                scheduler,
                MOST_CANDIDATES,
                Duration.ofHours(1));
    }

    private SecureRandom random() {
        return new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] bytes) {
                super.nextBytes(bytes);
                if (bytes.length >= KeyWrap.STORE_KEY) {
                    drawn.add(bytes);
                }
            }
        };
    }

    /** Over the embedded database, configured as in the product. */
    static Bench embedded(Path directory) throws SQLException, StoreException {
        return new Bench(source(directory));
    }

    /** An open new store over the embedded database, for whole servers. @param clock their clock */
    public static Bench open(Path directory, HandSetClock clock) throws SQLException, StoreException {
        Bench bench = new Bench(new Database(source(directory)), clock);
        bench.store.create(passphrase());
        return bench;
    }

    /** The store. */
    public Store store() {
        return store;
    }

    static EmbeddedDatabase source(Path directory) throws SQLException, StoreException {
        return new EmbeddedDatabase(new OsgiDataSourceFactory(new Driver()), directory);
    }

    /** Over the embedded database, in a test's H2 file system. */
    static Bench embedded(Path directory, String fileSystem) throws SQLException, StoreException {
        return new Bench(new EmbeddedDatabase(new OsgiDataSourceFactory(new Driver()), directory, fileSystem));
    }

    static char[] passphrase() {
        return "correct horse battery".toCharArray();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void put(String table, String key, String value) throws StoreException {
        put(store, table, key, value);
    }

    static void put(Store store, String table, String key, String value) throws StoreException {
        store.transact(tx -> {
            tx.put(table, bytes(key), NO_GROUP, bytes(value), null);
            return null;
        });
    }

    Optional<String> get(String table, String key) throws StoreException {
        return store.transact(tx -> tx.get(table, bytes(key)).map(Bench::text));
    }

    @Override
    public void close() {
        store.close();
        scheduler.shutdownNow();
    }
}
