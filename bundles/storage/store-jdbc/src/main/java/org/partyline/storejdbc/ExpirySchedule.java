package org.partyline.storejdbc;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tracks when rows expire. In memory only, since the database must not reveal it; it consists of row ids and times
 * only, so it may survive {@code lock()}. A row takes 32 to 64 bytes: each message of a store is one.
 *
 * <p>Changes since the last {@link #commit()} can be undone. Not thread-safe; the store's gate guards it.
 */
final class ExpirySchedule {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long SECOND = 1_000_000_000;
    private static final long LAST_SECOND = NEVER / SECOND - 1;
    private static final int SMALLEST = 16;

    /** A hash table with open addressing. */
    private long[] rows = new long[SMALLEST];
    /** When the row at the same index expires, in nanoseconds; {@link #NEVER}: the slot is free. */
    private long[] times = new long[SMALLEST];

    private int size;
    /** No row expires before this. */
    private long first = NEVER;

    private final Deque<Change> undo = new ArrayDeque<>();

    private record Change(long row, long before) {}

    private record Due(long time, long row) {}

    ExpirySchedule() {
        Arrays.fill(times, NEVER);
    }

    private static long nanos(Instant time) {
        long second = Math.max(-LAST_SECOND, Math.min(LAST_SECOND, time.getEpochSecond()));
        return second * SECOND + time.getNano();
    }

    /** @param expires null: never */
    void set(long row, @Nullable Instant expires) {
        undo.push(new Change(row, times[find(row)]));
        replace(row, expires == null ? NEVER : nanos(expires));
    }

    void remove(long row) {
        set(row, null);
    }

    private int home(long row) {
        return (int) (row * 0x9E3779B97F4A7C15L >>> 32) & rows.length - 1;
    }

    private int next(int place) {
        return place + 1 & rows.length - 1;
    }

    /** The slot of a row; if it has none, a free slot for it. */
    private int find(long row) {
        int place = home(row);
        while (times[place] != NEVER && rows[place] != row) {
            place = next(place);
        }
        return place;
    }

    private void replace(long row, long time) {
        int place = find(row);
        if (time == NEVER) {
            if (times[place] != NEVER) {
                free(place);
            }
            return;
        }
        if (times[place] == NEVER) {
            size++;
        }
        rows[place] = row;
        times[place] = time;
        first = Math.min(first, time);
        if (size * 2 > rows.length) {
            grow();
        }
    }

    private void grow() {
        long[] oldRows = rows;
        long[] oldTimes = times;
        begin(oldRows.length * 2);
        for (int i = 0; i < oldRows.length; i++) {
            if (oldTimes[i] != NEVER) {
                int place = find(oldRows[i]);
                rows[place] = oldRows[i];
                times[place] = oldTimes[i];
            }
        }
    }

    private void begin(int places) {
        rows = new long[places];
        times = new long[places];
        Arrays.fill(times, NEVER);
    }

    /** Frees a slot, and moves up later rows that were displaced by it. */
    private void free(int place) {
        size--;
        int gap = place;
        for (int i = next(gap); times[i] != NEVER; i = next(i)) {
            if ((i - home(rows[i]) & rows.length - 1) >= (i - gap & rows.length - 1)) {
                rows[gap] = rows[i];
                times[gap] = times[i];
                gap = i;
            }
        }
        times[gap] = NEVER;
    }

    /** The rows that have expired, the most overdue first. */
    List<Long> due(Instant now) {
        long until = nanos(now);
        if (until < first) {
            return List.of();
        }
        List<Due> found = new ArrayList<>();
        first = NEVER;
        for (int i = 0; i < rows.length; i++) {
            first = Math.min(first, times[i]);
            if (times[i] <= until) {
                found.add(new Due(times[i], rows[i]));
            }
        }
        found.sort(Comparator.comparingLong(Due::time).thenComparingLong(Due::row));
        return found.stream().map(Due::row).toList();
    }

    /** Makes the changes final. */
    void commit() {
        undo.clear();
    }

    /** Undoes the changes since the last commit. */
    void rollback() {
        while (!undo.isEmpty()) {
            Change last = undo.pop();
            replace(last.row(), last.before());
        }
    }

    void clear() {
        begin(SMALLEST);
        size = 0;
        first = NEVER;
        undo.clear();
    }

    int size() {
        return size;
    }
}
