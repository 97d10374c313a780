package org.partyline.storejdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The table of a store's properties: its format, the wrapped key, the counters. Each method is part of the caller's
 * transaction.
 */
final class Meta {
    /** The store's format: see {@link Migrations}. */
    static final String FORMAT = "format";

    static final String WRAP = "wrap";
    static final String TURN = "turn";
    /** The row that identifies the required key share: see {@link KeyShare}. */
    static final String SHARE = "share";

    private Meta() {}

    /** A value of the meta table, or null. */
    static byte @Nullable [] get(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select content from pl_meta where name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getBytes(1) : null;
            }
        }
    }

    static void insert(Connection connection, String name, byte[] content) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into pl_meta (name, content) values (?, ?)")) {
            insert.setString(1, name);
            insert.setBytes(2, content);
            insert.executeUpdate();
        }
    }

    static void update(Connection connection, String name, byte[] content) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("update pl_meta set content = ? where name = ?")) {
            update.setBytes(1, content);
            update.setString(2, name);
            update.executeUpdate();
        }
    }
}
