package org.partyline.storejdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Migrates a store on PostgreSQL to a new format in one transaction, which there includes changes of tables. The tables
 * are copied first, within the database.
 */
final class TransactionalMigration {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionalMigration.class);
    private static final List<String> TABLES = List.of("pl_meta", "pl_note", "pl_record", "pl_candidate", "pl_dropped");

    /** The maximum time for one table. */
    private static final int LONGEST_MILLIS = 600_000;

    private final ConnectionSource source;
    private final Fence fence;

    /** @param fence checked in the transaction, which prevents a takeover until it ends */
    TransactionalMigration(ConnectionSource source, Fence fence) {
        this.source = source;
        this.fence = fence;
    }

    void run(Migrations migrations) throws SQLException, StoreException {
        try (Connection connection = source.open()) {
            String product = connection.getMetaData().getDatabaseProductName();
            if (!product.toLowerCase(Locale.ROOT).contains("postgresql")) {
                throw new StoreException("the store on " + product.replaceAll("[^A-Za-z0-9 ]", "?")
                        + " cannot be migrated to format " + migrations.format()
                        + ", only stores in H2's file and on PostgreSQL can: start the older program");
            }
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setNetworkTimeout(Runnable::run, LONGEST_MILLIS);
            try {
                fence.opened(connection);
                // Before waiting for another server's migration: that may be a later leader's work.
                fence.check(connection, true);
                int from = lock(connection);
                if (from < migrations.format()) {
                    copy(connection, from);
                    migrations.run(connection);
                }
                connection.commit();
                LOG.warn(
                        "The store was migrated from format {} to format {}. The previous tables have names that end "
                                + "with _format{}; drop them when nothing is missing.",
                        from,
                        migrations.format(),
                        from);
            } catch (SQLException | StoreException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    /** The name of a table's copy. */
    static String copyOf(String table, int format) {
        return table + "_format" + format;
    }

    /** Another server on the same database waits here, and then finds the new format. */
    private static int lock(Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select content from pl_meta where name = ? for update")) {
            select.setString(1, Meta.FORMAT);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Migrations.number(row.getBytes(1)) : 0;
            }
        }
    }

    private static void copy(Connection connection, int from) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                String copy = copyOf(table, from);
                // A copy from before a downgrade is older than the present table.
                statement.execute("drop table if exists " + copy);
                statement.execute("create table " + copy + " (like " + table + " including all)");
                statement.execute("insert into " + copy + " select * from " + table);
            }
        }
    }
}
