package org.partyline.storejdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Copies the live contents of an H2 database into an empty one: tables, rows, indexes. Deleted and replaced data is not
 * copied.
 */
final class Copying {
    private static final int BETWEEN_COMMITS = 1000;

    /** Its first column is the name, and its second the content. */
    private static final String META = "PL_META";

    private final Connection from;
    private final Connection to;
    private final Map<String, byte[]> meta;

    /**
     * @param from a database without a running statement; it is not changed
     * @param meta replacements for rows of the meta table, by name
     */
    Copying(Connection from, Connection to, Map<String, byte[]> meta) {
        this.from = from;
        this.to = to;
        this.meta = meta;
    }

    void run() throws SQLException {
        List<String> later = new ArrayList<>();
        try (Statement create = to.createStatement()) {
            for (String sql : column("script nodata nopasswords nosettings")) {
                if (sql.startsWith("CREATE CACHED TABLE") || sql.contains(" PRIMARY KEY(")) {
                    create.execute(sql);
                } else {
                    later.add(sql);
                }
            }
            for (String table : column("select table_name from information_schema.tables"
                    + " where table_schema = 'PUBLIC' order by table_name")) {
                copy(table);
            }
            // Creating the indexes after the rows processes these in order, which takes a fraction of the time and of
            // the file.
            for (String sql : later) {
                create.execute(sql);
            }
        }
    }

    private List<String> column(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement select = from.createStatement();
                ResultSet row = select.executeQuery(sql)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    private void copy(String table) throws SQLException {
        try (Statement select = from.createStatement()) {
            // Row by row: H2 would write a long result to a temporary file.
            select.execute("set lazy_query_execution 1");
            try (ResultSet row = select.executeQuery("select * from \"" + table + "\" order by _rowid_")) {
                int columns = row.getMetaData().getColumnCount();
                try (PreparedStatement insert = to.prepareStatement("insert into \"" + table + "\" values ("
                        + String.join(", ", Collections.nCopies(columns, "?")) + ")")) {
                    int rows = 0;
                    while (row.next()) {
                        byte[] replaced = table.equals(META) ? meta.get(row.getString(1)) : null;
                        for (int column = 1; column <= columns; column++) {
                            insert.setObject(
                                    column, replaced != null && column == 2 ? replaced : row.getObject(column));
                        }
                        insert.executeUpdate();
                        if (++rows % BETWEEN_COMMITS == 0) {
                            to.commit();
                        }
                    }
                }
            }
        }
    }
}
