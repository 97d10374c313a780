package org.partyline.storejdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The rows that define a store: after a crash either all of them or none exist.
 *
 * @param rows of the meta table, by name
 */
record Head(Map<String, byte[]> rows) {
    /** Ends the text: a truncated text lacks it. */
    private static final String END = "end";

    Head {
        rows = new LinkedHashMap<>(rows);
    }

    /** Part of a transaction. */
    void insert(Connection connection) throws SQLException {
        for (Map.Entry<String, byte[]> row : rows.entrySet()) {
            Meta.insert(connection, row.getKey(), row.getValue());
        }
    }

    /** Whether a database contains this store, perhaps with another passphrase by now. */
    boolean isIn(Connection connection) throws SQLException {
        return Arrays.equals(rows.get(Collector.PUBLIC_KEY), Meta.get(connection, Collector.PUBLIC_KEY));
    }

    /** Encodes it as lines of text. All secrets in it are sealed. */
    String text() {
        StringBuilder text = new StringBuilder();
        rows.forEach((name, content) -> text.append(name)
                .append(' ')
                .append(HexFormat.of().formatHex(content))
                .append('\n'));
        return text.append(END).append('\n').toString();
    }

    /** @return empty if it is not such a text, or truncated */
    static Optional<Head> of(byte[] text) {
        Map<String, byte[]> rows = new LinkedHashMap<>();
        for (String line : new String(text, StandardCharsets.US_ASCII).split("\n")) {
            if (line.equals(END)) {
                return rows.containsKey(Meta.WRAP) ? Optional.of(new Head(rows)) : Optional.empty();
            }
            String[] parts = line.split(" ");
            if (parts.length != 2) {
                return Optional.empty();
            }
            try {
                rows.put(parts[0], HexFormat.of().parseHex(parts[1]));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
