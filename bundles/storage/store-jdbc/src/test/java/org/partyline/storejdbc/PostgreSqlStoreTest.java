package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** The store over PostgreSQL, where {@code -Dpostgresql.url=jdbc:postgresql://...} names a database for tests. */
@Tag("postgresql")
@EnabledIfSystemProperty(
        named = "postgresql.url",
        matches = "jdbc:postgresql:.*",
        disabledReason = "no PostgreSQL: set -Dpostgresql.url=jdbc:postgresql://...")
class PostgreSqlStoreTest extends JdbcStoreContract {
    @Override
    ConnectionSource source() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(System.getProperty("postgresql.url"));
        return dataSource::getConnection;
    }

    @Override
    boolean isUsed() {
        return true;
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
