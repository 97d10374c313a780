package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.h2.Driver;
import org.h2.util.OsgiDataSourceFactory;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.kdfargon2id.Argon2id;

/** Reads a copy of a server's store with its passphrase, as a thief of both would. */
public final class StoreReader implements AutoCloseable {
    private final Path copy;
    private final char[] passphrase;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final EmbeddedDatabase source;
    private final JdbcStore store;

    /**
     * @param home of the server, which may be running: its file only grows, so a copy is complete
     * @param copy the path of the copy; new
     */
    public StoreReader(Path home, Path copy, String passphrase) throws IOException, SQLException, StoreException {
        this.copy = Files.createDirectory(copy);
        this.passphrase = passphrase.toCharArray();
        try (Stream<Path> files = Files.list(home.resolve("store"))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        source = new EmbeddedDatabase(new OsgiDataSourceFactory(new Driver()), copy);
        store = new JdbcStore(
                new Database(source),
                id -> Optional.of(new Argon2id()),
                KdfParameters.ARGON2ID_DEFAULT,
                new SecureRandom(),
                Clock.systemUTC(),
                scheduler,
                1,
                Duration.ofDays(1));
        store.unlock(this.passphrase);
    }

    /** Returns the values of a table, in the order in which they were created. */
    public List<byte[]> values(String table) throws StoreException {
        return store.transact(
                tx -> tx.list(table).stream().map(StoredRecord::value).toList());
    }

    /** Returns the store key, and the two keys derived from it for sealing and naming. */
    public List<byte[]> storeKeys() throws StoreException {
        try (SecretBytes storeKey = store.storeKey(passphrase)) {
            byte[] key = storeKey.expose().clone();
            return List.of(
                    key,
                    Hkdf.derive(key, "partyline/store seal", Hkdf.HASH_LENGTH),
                    Hkdf.derive(key, "partyline/store index", Hkdf.HASH_LENGTH));
        }
    }

    /** Returns the records of a table in their form in the file: sealed. No other call is possible after this. */
    public List<byte[]> sealed(String table) throws StoreException, SQLException {
        return sealed(List.of(table)).get(table);
    }

    /** The same for several tables, by name. */
    public Map<String, List<byte[]>> sealed(List<String> tables) throws StoreException, SQLException {
        Map<String, List<byte[]>> all = new TreeMap<>();
        try (StoreKeys keys = new StoreKeys(storeKeys().get(0), new SecureRandom())) {
            store.close();
            try (Connection connection = source.open();
                    PreparedStatement select =
                            connection.prepareStatement("select sealed from pl_record where tab = ? order by id")) {
                for (String table : tables) {
                    List<byte[]> sealed = new ArrayList<>();
                    select.setBytes(1, keys.tableIndex(table));
                    try (ResultSet row = select.executeQuery()) {
                        while (row.next()) {
                            sealed.add(row.getBytes(1));
                        }
                    }
                    all.put(table, sealed);
                }
            }
        }
        return all;
    }

    @Override
    public void close() {
        store.close();
        scheduler.shutdownNow();
    }

    @Override
    public String toString() {
        return "copy of a store in " + copy;
    }
}
