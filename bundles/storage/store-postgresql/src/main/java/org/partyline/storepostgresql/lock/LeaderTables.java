package org.partyline.storepostgresql.lock;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * The two rows in which a database records its leader. The tables have a version; any server migrates an older one step
 * by step.
 *
 * <p>The lease is a separate row: the leader's transactions lock the other one against a takeover, and must not wait
 * for a heartbeat.
 */
final class LeaderTables {
    /** One number for all servers of a database; any number will do. */
    static final long LOCK = 0x70617274796c696eL;

    private static final long MIGRATION_LOCK = LOCK + 1;

    /** Step n leads from version n - 1 to version n. */
    private static final List<List<String>> STEPS = List.of(
            List.of(
                    "create table pl_leader (id integer primary key check (id = 1), epoch bigint not null, token bytea not null,"
                            + " holder varchar(60) not null, instance varchar(63) not null)",
                    "create table pl_lease (id integer primary key check (id = 1), epoch bigint not null,"
                            + " renewed timestamptz not null)",
                    "create table pl_standby (instance varchar(63) primary key, holder varchar(60) not null,"
                            + " settings varchar(64) not null, seen timestamptz not null)",
                    "insert into pl_leader values (1, 0, '', '', '')",
                    "insert into pl_lease values (1, 0, clock_timestamp())"),
            List.of("alter table pl_lease add column newest varchar(100) not null default ''"));

    private LeaderTables() {}

    /** @throws SQLException also if a newer program created the tables */
    static void migrate(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        boolean done = false;
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + MIGRATION_LOCK + ")");
            statement.execute("create table if not exists pl_leader_version (id integer primary key check (id = 1),"
                    + " version integer not null)");
            int version = 0;
            try (ResultSet row = statement.executeQuery("select version from pl_leader_version")) {
                if (row.next()) {
                    version = row.getInt(1);
                }
            }
            if (version > STEPS.size()) {
                throw new SQLException(
                        "the database has version " + version + " of the leader tables, but this program knows "
                                + STEPS.size() + ": start the newer program on this server, too");
            }
            for (List<String> step : STEPS.subList(version, STEPS.size())) {
                for (String sql : step) {
                    statement.execute(sql);
                }
            }
            statement.execute("insert into pl_leader_version values (1, " + STEPS.size()
                    + ") on conflict (id) do update set version = excluded.version");
            connection.commit();
            done = true;
        } finally {
            if (!done) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }
    }

    /**
     * Refuses a connection through a pooler: the lock belongs to one database session, and a pooler may switch this
     * connection to another session between transactions. The process id of the session reveals a pooler: the one sent
     * at the start of the connection is the pooler's, and differs from the database's.
     *
     * @throws SQLException without a state, with what to do
     */
    static void requireDirect(Connection connection) throws SQLException {
        int said = connection.unwrap(PGConnection.class).getBackendPID();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            if (row.getInt(1) != said) {
                throw new SQLException(
                        "a connection pooler is in front of PostgreSQL, which breaks the leader's lock: set url in "
                                + "etc/org.partyline.store.postgresql.cfg to PostgreSQL itself");
            }
        }
    }

    static Lead read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select l.epoch, l.holder, l.instance,"
                        + " (extract(epoch from clock_timestamp() - e.renewed) * 1000)::bigint, e.newest"
                        + " from pl_leader l, pl_lease e")) {
            row.next();
            return new Lead(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4), row.getString(5));
        }
    }

    /** Records a standby with the hash of its settings; those that were silent for a while are removed. */
    static void standBy(Connection connection, String instance, String holder, String settings) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into pl_standby values (?, ?, ?,"
                        + " clock_timestamp()) on conflict (instance) do update set settings = excluded.settings,"
                        + " seen = excluded.seen");
                PreparedStatement delete = connection.prepareStatement(
                        "delete from pl_standby"
                                + " where seen < clock_timestamp() - interval '1 minute' or instance in (select instance from pl_leader)")) {
            insert.setString(1, instance);
            insert.setString(2, holder);
            insert.setString(3, settings);
            insert.executeUpdate();
            delete.executeUpdate();
        }
    }

    /** Takes the one lock for all servers of this database, which this connection holds until it ends. */
    static boolean lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Terminates the connections of a server, so that nothing of it blocks others. */
    static void end(Connection connection, String instance) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where application_name = ? and usename = current_user and pid <> pg_backend_pid()")) {
            select.setString(1, instance);
            select.executeQuery().close();
        }
    }

    /**
     * Terminates the connection of a server that has the lock: another one than this.
     *
     * @return whether there is one
     */
    static boolean endLock(Connection connection, String instance) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select pg_terminate_backend(pid) from pg_locks l join pg_stat_activity a using (pid)"
                        + " where locktype = 'advisory' and (classid::bigint << 32 | objid::bigint) = ?"
                        + " and application_name = ? and usename = current_user")) {
            select.setLong(1, LOCK);
            select.setString(2, instance);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    /**
     * Replaces the previous leader. Waits for a writing transaction of that leader.
     *
     * @return the new epoch
     */
    static long raise(Connection connection, byte[] token, String holder, String instance) throws SQLException {
        connection.setAutoCommit(false);
        boolean done = false;
        try (Statement statement = connection.createStatement();
                PreparedStatement leader =
                        connection.prepareStatement("update pl_leader set epoch = epoch + 1, token = ?,"
                                + " holder = ?, instance = ? where id = 1 returning epoch");
                PreparedStatement lease = connection.prepareStatement(
                        "update pl_lease set epoch = ?, renewed = clock_timestamp() where id = 1")) {
            statement.execute("set local lock_timeout = '3s'");
            leader.setBytes(1, token);
            leader.setString(2, holder);
            leader.setString(3, instance);
            long epoch;
            try (ResultSet row = leader.executeQuery()) {
                row.next();
                epoch = row.getLong(1);
            }
            lease.setLong(1, epoch);
            lease.executeUpdate();
            connection.commit();
            done = true;
            return epoch;
        } finally {
            if (!done) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }
    }

    /**
     * Records a heartbeat. @param newest how far the store has advanced; empty if not known yet @return whether that
     * leader still leads
     */
    static boolean renew(Connection connection, long epoch, byte[] token, String newest) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("update pl_lease set renewed = clock_timestamp(),"
                + " newest = coalesce(nullif(?, ''), newest)"
                + " where epoch = ? and exists (select 1 from pl_leader where epoch = ? and token = ?)")) {
            update.setString(1, newest);
            update.setLong(2, epoch);
            update.setLong(3, epoch);
            update.setBytes(4, token);
            return update.executeUpdate() == 1;
        }
    }
}
