package org.partyline.storepostgresql;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/**
 * Checks that the shared database answers the leader, that a standby is connected, and that both have the same
 * settings.
 */
final class StandbyCheck implements HealthCheck {
    private final DataSource database;
    private final long epoch;
    private final String instance;
    private final Path etc;

    /**
     * @param epoch this server's epoch as the leader
     * @param instance the name of its connections
     * @param etc the directory of its settings
     */
    StandbyCheck(DataSource database, long epoch, String instance, Path etc) {
        this.database = database;
        this.epoch = epoch;
        this.instance = instance;
        this.etc = etc;
    }

    @Override
    public String name() {
        return "standby";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            List<Finding> findings = new ArrayList<>();
            findings.add(leads(statement));
            findings.add(standby(statement));
            return findings;
        } catch (SQLException e) {
            throw new PartylineException("the shared database does not answer (SQL state " + e.getSQLState() + ")", e);
        } catch (IOException e) {
            throw new PartylineException("the settings in " + etc + " cannot be read", e);
        }
    }

    private Finding leads(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select epoch, instance,"
                + " coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false),"
                + " inet_server_addr() is null from pl_leader")) {
            row.next();
            if (row.getLong(1) != epoch || !row.getString(2).equals(instance)) {
                return Finding.unsafe(
                        name(),
                        "another server leads (epoch " + row.getLong(1) + ")",
                        "partyline stop, and find the cause");
            }
            return Finding.ok(
                    name(),
                    "this server leads (epoch " + epoch + "), the database answers "
                            + (row.getBoolean(3)
                                    ? "over TLS"
                                    : row.getBoolean(4) ? "through its Unix socket" : "on this machine, without TLS"));
        }
    }

    private Finding standby(Statement statement) throws SQLException, IOException {
        try (ResultSet row = statement.executeQuery("select holder, settings from pl_standby s where"
                + " exists (select 1 from pg_stat_activity a where a.application_name = s.instance)"
                + " and instance not in (select instance from pl_leader)")) {
            if (!row.next()) {
                return Finding.warning(
                        name(),
                        "no standby is connected: no server would take over",
                        "partyline server, on the other machine");
            }
            String standby = PostgreSqlSettings.printable(row.getString(1));
            if (row.getString(2).endsWith(SettingsDigest.WITHOUT_SHARE)) {
                return Finding.unsafe(
                        name(),
                        standby + " is a standby without a share of the store's keys: it could not open the store",
                        "copy store/keys from this server's home to " + standby + "'s (docs/ha.md)");
            }
            if (!row.getString(2).equals(SettingsDigest.of(etc))) {
                return Finding.warning(
                        name(),
                        standby + " is a standby with other settings or nodes than this server",
                        "make etc/org.partyline.*.cfg the same on both (docs/ha.md)");
            }
            return Finding.ok(name(), standby + " is a standby with the same settings");
        }
    }
}
