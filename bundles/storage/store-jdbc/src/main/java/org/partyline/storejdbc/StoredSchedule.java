package org.partyline.storejdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the rows of a store expire, and how far the rows have been read for that: opening a large store does not wait
 * for it. Outlives {@code lock()}. Not thread-safe; the store's gate guards it.
 */
final class StoredSchedule {
    private static final Logger LOG = LoggerFactory.getLogger(StoredSchedule.class);
    private static final int PORTION = 1000;

    private final ExpirySchedule schedule = new ExpirySchedule();
    /** The last row that was read. */
    private long last;

    private boolean whole;
    /**
     * Whether the rest was read in the transaction that is running: if that is rolled back, some of it may not be so.
     */
    private boolean readWithin;
    /** Whether it is unknown if the last transaction was committed. */
    private boolean doubtful;

    private int damaged;

    /** The store is new: it has no rows. */
    void beginEmpty() {
        clear();
        whole = true;
    }

    /** The store was opened: all rows are to be read. Their known state is kept, in case it is locked before that. */
    void beginReading() {
        if (doubtful) {
            clear();
        }
        last = 0;
        whole = false;
        damaged = 0;
    }

    /** Forgets everything. */
    void clear() {
        schedule.clear();
        last = 0;
        whole = false;
        doubtful = false;
        damaged = 0;
    }

    /** Whether all rows were read. */
    boolean isWhole() {
        return whole;
    }

    boolean isDoubtful() {
        return doubtful;
    }

    /** Reads the next rows, so that other transactions can run in between. Not part of a transaction. */
    void readPortion(Connection connection, StoreKeys keys) throws SQLException {
        whole = read(connection, keys) < PORTION;
        schedule.commit();
        if (whole && damaged > 0) {
            LOG.warn("The store has damaged records ({}): restore a backup", damaged);
        }
    }

    /** Reads all rows that were not read yet. Part of a transaction that is about to delete expired records. */
    void readRest(Connection connection, StoreKeys keys) throws SQLException {
        readWithin = !whole;
        while (!whole) {
            whole = read(connection, keys) < PORTION;
        }
    }

    private int read(Connection connection, StoreKeys keys) throws SQLException {
        int found = 0;
        try (PreparedStatement select = connection.prepareStatement(
                "select id, tab, rec, grp, sealed, more from pl_record where id > ? order by id")) {
            select.setMaxRows(PORTION);
            select.setLong(1, last);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found++;
                    last = row.getLong(1);
                    try {
                        RecordBody body = RecordBody.open(keys, row);
                        StoreKeys.wipe(body.value());
                        schedule.set(last, body.expires());
                    } catch (DamagedRecordException e) {
                        LOG.debug("Record {} does not open: {}", last, Faults.reason(e));
                        damaged++;
                    }
                }
            }
        }
        return found;
    }

    /** @param expires null: never */
    void set(long row, @Nullable Instant expires) {
        schedule.set(row, expires);
    }

    void remove(long row) {
        schedule.remove(row);
    }

    /** The rows that have expired, the most overdue first. */
    List<Long> due(Instant now) {
        return schedule.due(now);
    }

    /** A transaction begins. */
    void begin() {
        readWithin = false;
    }

    /** The transaction was committed. */
    void commit() {
        schedule.commit();
    }

    /** The transaction was rolled back. If it read the rest of the rows, they are read again. */
    void rollback() {
        schedule.rollback();
        if (readWithin) {
            clear();
        }
    }

    /** The commit failed, but may still turn out to have succeeded. */
    void doubt() {
        schedule.rollback();
        doubtful = true;
    }
}
