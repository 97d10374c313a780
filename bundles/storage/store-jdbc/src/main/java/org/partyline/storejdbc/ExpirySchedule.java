package org.partyline.storejdbc;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tracks when rows expire. In memory only, since the database must not tell; nothing but row ids and instants, so that
 * it may outlive {@code lock()}.
 *
 * <p>Changes since the last {@link #commit()} can be undone. Not thread-safe; the store's gate guards it.
 */
final class ExpirySchedule {
    private record Due(Instant expires, long row) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = expires.compareTo(other.expires);
            return byTime != 0 ? byTime : Long.compare(row, other.row);
        }
    }

    private final Map<Long, Instant> byRow = new HashMap<>();
    private final TreeSet<Due> byTime = new TreeSet<>();
    private final Deque<Runnable> undo = new ArrayDeque<>();

    /** @param expires null: never */
    void set(long row, @Nullable Instant expires) {
        Instant before = byRow.get(row);
        replace(row, before, expires);
        undo.push(() -> replace(row, expires, before));
    }

    void remove(long row) {
        set(row, null);
    }

    private void replace(long row, @Nullable Instant from, @Nullable Instant to) {
        if (from != null) {
            byRow.remove(row);
            byTime.remove(new Due(from, row));
        }
        if (to != null) {
            byRow.put(row, to);
            byTime.add(new Due(to, row));
        }
    }

    /** The rows whose time has come, the most overdue first. */
    List<Long> due(Instant now) {
        List<Long> rows = new ArrayList<>();
        for (Due due : byTime) {
            if (due.expires().isAfter(now)) {
                break;
            }
            rows.add(due.row());
        }
        return rows;
    }

    /** Makes the changes final. */
    void commit() {
        undo.clear();
    }

    /** Takes the changes since the last commit back. */
    void rollback() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }

    void clear() {
        byRow.clear();
        byTime.clear();
        undo.clear();
    }

    int size() {
        return byRow.size();
    }
}
