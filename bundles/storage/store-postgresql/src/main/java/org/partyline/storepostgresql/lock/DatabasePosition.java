package org.partyline.storepostgresql.lock;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The position of a database: a restored copy has another system id or timeline, or is behind.
 *
 * @param system PostgreSQL's identifier of the cluster
 * @param timeline changes with a restore to a point in time, and when a replica is promoted
 * @param written the position in the write-ahead log
 */
record DatabasePosition(String system, String timeline, long written) {
    static DatabasePosition read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select s.system_identifier::text,"
                        + " substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),"
                        + " pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint from pg_control_system() s")) {
            row.next();
            return new DatabasePosition(row.getString(1), row.getString(2), row.getLong(3));
        }
    }

    /** The database's system id and timeline, without its position. */
    String history() {
        return system + "/" + timeline;
    }

    /** Whether this position can follow an earlier one without lost data. */
    boolean follows(DatabasePosition before) {
        return system.equals(before.system) && timeline.equals(before.timeline) && written >= before.written;
    }
}
