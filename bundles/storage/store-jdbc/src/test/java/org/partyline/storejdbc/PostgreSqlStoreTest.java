package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
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
}
