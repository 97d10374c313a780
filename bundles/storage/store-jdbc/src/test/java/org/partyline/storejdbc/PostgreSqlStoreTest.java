package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.testkit.PostgreSqlServer;
import org.postgresql.ds.PGSimpleDataSource;

/** The store over a real PostgreSQL server. */
@EnabledIf(value = "isInstalled", disabledReason = PostgreSqlServer.MISSING)
class PostgreSqlStoreTest extends JdbcStoreContract {
    private static PGSimpleDataSource dataSource;

    @TempDir
    Path home;

    static boolean isInstalled() throws IOException {
        return PostgreSqlServer.shared().isPresent();
    }

    @BeforeAll
    static void makesADatabase() throws IOException {
        dataSource = dataSource();
    }

    /** A new database. */
    static PGSimpleDataSource dataSource() throws IOException {
        PostgreSqlServer server = PostgreSqlServer.shared().orElseThrow();
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(server.url(server.database()));
        source.setUser(PostgreSqlServer.USER);
        source.setPassword(PostgreSqlServer.PASSWORD);
        return source;
    }

    @Override
    ConnectionSource source() {
        return new ExternalDatabase(
                dataSource, new KeyShare(home.resolve("store/keys"), new SecureRandom()), () -> false);
    }

    @Override
    boolean isUsed() {
        return true;
    }

    @Override
    Path keyFile() {
        return home.resolve("store/keys");
    }

    @Override
    String binary(byte[] content) {
        return "'\\x" + HexFormat.of().formatHex(content) + "'::bytea";
    }

    @Test
    void aConnectionThatTheDatabaseClosedIsReplaced() throws Exception {
        bench.put("t", "k", "v");
        tamperWhileOpen("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and pid <> pg_backend_pid()");
        assertEquals(Optional.of("v"), bench.get("t", "k"));
    }

    private void tamperWhileOpen(String sql) throws Exception {
        try (Connection connection = source().open();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
