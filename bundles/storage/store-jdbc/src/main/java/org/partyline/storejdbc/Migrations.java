package org.partyline.storejdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.store.StoreException;

/**
 * The store's format, and the migrations from older ones.
 *
 * <p>The format is the number in the row {@value Meta#FORMAT} of the meta table. It covers the tables and their
 * contents. A new format is an additional step at the end of {@link #OURS}; released steps never change. Steps see
 * sealed content as bytes, since the store is locked when they run.
 */
final class Migrations {
    /** Converts the tables of one format to the next. */
    @FunctionalInterface
    interface Step {
        void run(Connection connection) throws SQLException, StoreException;
    }

    /** The oldest format: that of the first release. */
    static final int FIRST = 1;

    /** The formats of this program. The first step will lead from format 1 to format 2. */
    static final Migrations OURS = new Migrations(List.of());

    /** Builds before the first release wrote only a number; this program cannot read their stores. */
    private static final String PREFIX = "v";

    /** How to move an unreadable store to this program. */
    static final String THROUGH_A_BACKUP =
            "run backup-export with the build that wrote the store, and setup --restore with"
                    + " this one in a new home";

    private final List<Step> steps;

    /** @param steps each leads from one format to the next, beginning with the first */
    Migrations(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /** The format that this program reads and writes. */
    int format() {
        return FIRST + steps.size();
    }

    /** The content of the row. */
    byte[] row() {
        return row(format());
    }

    private static byte[] row(int format) {
        return (PREFIX + format).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Whether a store must be migrated to this format first.
     *
     * @param content the content of the row
     * @throws StoreException if a newer or unknown program wrote the store
     */
    boolean isOld(byte[] content) throws StoreException {
        int found = number(content);
        if (found < FIRST || found > format()) {
            String text = new String(content, StandardCharsets.US_ASCII).replaceAll("[^0-9v]", "?");
            throw new StoreException("the store has format " + text + ", but this program reads format " + PREFIX
                    + format() + ": nothing was changed; "
                    + (found > format() ? "start the newer program that wrote it, or " : "") + THROUGH_A_BACKUP);
        }
        return found < format();
    }

    /** The format in a row; 0 for none. */
    static int number(byte @Nullable [] content) {
        String text = content == null ? "" : new String(content, StandardCharsets.US_ASCII);
        return text.matches(PREFIX + "[0-9]{1,6}") ? Integer.parseInt(text.substring(PREFIX.length())) : 0;
    }

    /**
     * Runs the missing steps, and stores the new format. Does not commit.
     *
     * @param connection to a database that may be abandoned halfway: a copy, or a transaction that can undo changes of
     *     tables
     */
    void run(Connection connection) throws SQLException, StoreException {
        int from = number(Meta.get(connection, Meta.FORMAT));
        for (Step step : steps.subList(from - FIRST, steps.size())) {
            step.run(connection);
        }
        Meta.update(connection, Meta.FORMAT, row());
    }
}
