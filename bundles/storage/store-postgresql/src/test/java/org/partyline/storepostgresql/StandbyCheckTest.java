package org.partyline.storepostgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.testkit.PostgreSqlServer;
import org.postgresql.ds.PGSimpleDataSource;

/** The doctor's findings about a pair, from tables as the lock leaves them. */
@EnabledIf(value = "isInstalled", disabledReason = PostgreSqlServer.MISSING)
class StandbyCheckTest {
    @TempDir
    Path etc;

    private String url;
    private PGSimpleDataSource database;
    private StandbyCheck check;

    static boolean isInstalled() throws IOException {
        return PostgreSqlServer.shared().isPresent();
    }

    @BeforeEach
    void makesTheTables() throws Exception {
        PostgreSqlServer server = PostgreSqlServer.shared().orElseThrow();
        database = new PGSimpleDataSource();
        url = server.url(server.database());
        database.setUrl(url);
        database.setUser(PostgreSqlServer.USER);
        database.setPassword(PostgreSqlServer.PASSWORD);
        Files.writeString(etc.resolve("org.partyline.engine.cfg"), "default-ttl = 1d\n");
        execute("create table pl_leader (epoch bigint, instance varchar(63))");
        execute("create table pl_standby (instance varchar(63), holder varchar(60), settings varchar(64))");
        execute("insert into pl_leader values (3, 'partyline-1')");
        check = new StandbyCheck(database, 3, "partyline-1", etc);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void assertFinds(Finding.Verdict verdict, String text) throws PartylineException {
        List<Finding> findings = check.examine();
        assertTrue(findings.stream().allMatch(finding -> finding.check().equals("standby")), findings::toString);
        assertTrue(
                findings.stream()
                        .anyMatch(finding ->
                                finding.verdict() == verdict && finding.what().contains(text)),
                findings::toString);
    }

    private Connection standby() throws SQLException {
        PGSimpleDataSource other = new PGSimpleDataSource();
        other.setUrl(database.getUrl());
        other.setUser(database.getUser());
        other.setPassword(database.getPassword());
        other.setApplicationName("partyline-2");
        return other.getConnection();
    }

    @Test
    void aLeaderAloneIsWarned() throws Exception {
        execute("insert into pl_standby values ('partyline-2', 'south', 'gone since')");
        assertFinds(Finding.Verdict.OK, "this server leads (epoch 3)");
        assertFinds(Finding.Verdict.WARNING, "no standby is connected");
    }

    @Test
    void aStandbyWithTheSameSettingsIsWell() throws Exception {
        execute("insert into pl_standby values ('partyline-2', 'south', '" + SettingsDigest.of(etc) + "')");
        try (Connection standby = standby()) {
            assertTrue(standby.isValid(5));
            assertFinds(Finding.Verdict.OK, "south is a standby with the same settings");
        }
    }

    @Test
    void aStandbyWithOtherSettingsIsNot() throws Exception {
        execute("insert into pl_standby values ('partyline-2', 'south', 'others')");
        try (Connection standby = standby()) {
            assertTrue(standby.isValid(5));
            assertFinds(Finding.Verdict.WARNING, "south is a standby with other settings");
        }
    }

    @Test
    void aNameInTheDatabaseSteersNoTerminal() throws Exception {
        execute("insert into pl_standby values ('partyline-2', E'so\\x1b[2Juth\\u202E', 'others')");
        try (Connection standby = standby()) {
            assertTrue(standby.isValid(5));
            assertFinds(Finding.Verdict.WARNING, "so?[2Juth? is a standby with other settings");
        }
    }

    @Test
    void aStandbyThatCouldNotOpenTheStoreIsUnsafe() throws Exception {
        execute("insert into pl_standby values ('partyline-2', 'south', '" + SettingsDigest.of(etc)
                + SettingsDigest.WITHOUT_SHARE + "')");
        try (Connection standby = standby()) {
            assertTrue(standby.isValid(5));
            assertFinds(Finding.Verdict.UNSAFE, "south is a standby without a share of the store's keys");
        }
    }

    @Test
    void anotherLeaderIsUnsafe() throws Exception {
        execute("update pl_leader set epoch = 4");
        assertFinds(Finding.Verdict.UNSAFE, "another server leads (epoch 4)");
        execute("update pl_leader set epoch = 3, instance = 'partyline-2'");
        assertFinds(Finding.Verdict.UNSAFE, "another server leads (epoch 3)");
    }

    @Test
    void theWayToTheDatabaseIsSaid() throws Exception {
        assertFinds(Finding.Verdict.OK, "the database answers on this machine, without TLS");
        PostgreSqlSettings settings = PostgreSqlSettings.parse(Map.of("url", url, "user", PostgreSqlServer.USER), etc);
        DataSource socket = new PGSimpleDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                return settings.connect("test", 30);
            }
        };
        check = new StandbyCheck(socket, 3, "partyline-1", etc);
        assertFinds(Finding.Verdict.OK, "the database answers through its Unix socket");
        // The test's server has no certificate, so it says instead that there is TLS.
        execute("create view pg_stat_ssl as select pg_backend_pid() as pid, true as ssl");
        database.setOptions("-c search_path=public,pg_catalog");
        check = new StandbyCheck(database, 3, "partyline-1", etc);
        assertFinds(Finding.Verdict.OK, "the database answers over TLS");
    }

    @Test
    void aDatabaseThatFailsIsSaidInOneLine() throws Exception {
        execute("drop table pl_standby");
        String message = assertThrows(PartylineException.class, check::examine).getMessage();
        assertEquals("the shared database does not answer (SQL state 42P01)", message);
    }
}
