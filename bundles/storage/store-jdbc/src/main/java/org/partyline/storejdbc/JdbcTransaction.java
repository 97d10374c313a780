package org.partyline.storejdbc;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One transaction of an open store. Valid only in the thread and during the work that it was created for. */
final class JdbcTransaction implements StoreTransaction {
    /** The table name in the records of {@link #collected}. */
    static final String COLLECTED = "collected";

    private static final Logger LOG = LoggerFactory.getLogger(JdbcTransaction.class);

    /** Rows are read in portions, so that the database need not write a long result to a temporary file. */
    private static final int PORTION = 1000;

    private static final int MOST_PLACES = 1000;

    private final Database database;
    private final Connection connection;
    private final StoreKeys keys;
    private final StoredSchedule schedule;
    private final Collector collector;
    private final Thread owner = Thread.currentThread();
    private @Nullable Turn turn;
    private @Nullable SQLException failed;
    private boolean ended;
    private boolean discarded;

    /**
     * The row ids of records that were looked up, by hashed key; empty if there is no such record. Most are read before
     * they are written: the second look-up, a request to the database, is saved.
     */
    private final Map<ByteBuffer, Optional<Long>> places = new HashMap<>();

    /** @throws StoreException if no transaction can be begun */
    JdbcTransaction(Database database, StoreKeys keys, StoredSchedule schedule, Collector collector)
            throws StoreException {
        this.database = database;
        this.connection = database.begin();
        this.keys = keys;
        this.schedule = schedule;
        this.collector = collector;
    }

    /** Work on the connection. */
    @FunctionalInterface
    private interface Step<T> {
        T run() throws SQLException, StoreException;
    }

    private <T> T step(Step<T> step) throws StoreException {
        if (ended || Thread.currentThread() != owner) {
            throw new IllegalStateException("a store transaction is valid only within its work and its thread");
        }
        try {
            return step.run();
        } catch (SQLException e) {
            // Kept, so that work that continues after a failure cannot commit a part of it.
            failed = e;
            throw Database.failure(e);
        }
    }

    /** Whether anything was written. */
    boolean wrote() {
        return turn != null;
    }

    /** Whether a candidate was discarded. */
    boolean discarded() {
        return discarded;
    }

    /**
     * Writes the turn row if anything was written, and commits.
     *
     * @throws StoreException if a step had failed
     */
    void finish(byte[] mark) throws StoreException {
        step(() -> {
            if (failed != null) {
                throw failed;
            }
            if (turn != null) {
                database.setTurn(connection, turn.encode(mark));
            }
            return wrote();
        });
        ended = true;
    }

    /** Makes this transaction unusable. */
    void end() {
        ended = true;
    }

    /** The counters for this transaction, which writes from now on. */
    private Turn writing() throws SQLException, StoreException {
        Turn now = turn;
        if (now == null) {
            database.beforeWriting(connection);
            now = database.turn(connection);
            database.checkPutBack();
            turn = now;
        }
        return now;
    }

    @Override
    public Optional<byte[]> get(String table, byte[] key) throws StoreException {
        return step(() -> {
            byte[] tab = keys.tableIndex(table);
            byte[] rec = keys.keyIndex(tab, key);
            Optional<Long> place = places.get(ByteBuffer.wrap(rec));
            if (place != null && place.isEmpty()) {
                return Optional.empty();
            }
            try (PreparedStatement select = connection.prepareStatement(
                    "select id, tab, rec, grp, sealed, more from pl_record where tab = ? and rec = ?")) {
                select.setBytes(1, tab);
                select.setBytes(2, rec);
                try (ResultSet row = select.executeQuery()) {
                    boolean held = row.next();
                    place(rec, held ? Optional.of(row.getLong(1)) : Optional.empty());
                    return held ? Optional.of(RecordBody.open(keys, row).value()) : Optional.empty();
                }
            }
        });
    }

    @Override
    public boolean contains(String table, byte[] key) throws StoreException {
        return step(() -> {
            byte[] tab = keys.tableIndex(table);
            return find(tab, keys.keyIndex(tab, key)).isPresent();
        });
    }

    private Optional<Long> find(byte[] tab, byte[] rec) throws SQLException {
        Optional<Long> place = places.get(ByteBuffer.wrap(rec));
        if (place == null) {
            try (PreparedStatement select =
                    connection.prepareStatement("select id from pl_record where tab = ? and rec = ?")) {
                select.setBytes(1, tab);
                select.setBytes(2, rec);
                try (ResultSet row = select.executeQuery()) {
                    place = row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
                }
            }
            place(rec, place);
        }
        return place;
    }

    private void place(byte[] rec, Optional<Long> id) {
        if (places.size() >= MOST_PLACES) {
            places.clear();
        }
        places.put(ByteBuffer.wrap(rec), id);
    }

    @Override
    public void put(String table, byte[] key, byte[] group, byte[] value, @Nullable Instant expires)
            throws StoreException {
        byte[] body = new RecordBody(table, key, value, expires).encode();
        try {
            step(() -> {
                Turn now = writing();
                byte[] tab = keys.tableIndex(table);
                byte[] rec = keys.keyIndex(tab, key);
                byte[] grp = keys.groupIndex(tab, group);
                Optional<Long> held = find(tab, rec);
                long id = held.orElse(now.nextRecord());
                byte[] sealed = keys.seal(RecordBody.place(id, tab, rec, grp), body);
                if (held.isPresent()) {
                    update(id, grp, sealed);
                } else {
                    insert(id, tab, rec, grp, sealed);
                    place(rec, Optional.of(id));
                    turn = now.afterRecord();
                }
                schedule.set(id, expires);
                return id;
            });
        } finally {
            StoreKeys.wipe(body);
        }
    }

    private void insert(long id, byte[] tab, byte[] rec, byte[] grp, byte[] sealed) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into pl_record (id, tab, rec, grp, sealed, more) values (?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, id);
            insert.setBytes(2, tab);
            insert.setBytes(3, rec);
            insert.setBytes(4, grp);
            Database.setSplit(insert, 5, sealed);
            insert.executeUpdate();
        }
    }

    private void update(long id, byte[] grp, byte[] sealed) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update pl_record set grp = ?, sealed = ?, more = ? where id = ?")) {
            update.setBytes(1, grp);
            Database.setSplit(update, 2, sealed);
            update.setLong(4, id);
            update.executeUpdate();
        }
    }

    @Override
    public boolean delete(String table, byte[] key) throws StoreException {
        return step(() -> {
            byte[] tab = keys.tableIndex(table);
            byte[] rec = keys.keyIndex(tab, key);
            Optional<Long> held = find(tab, rec);
            if (held.isPresent()) {
                writing();
                deleteRow(connection, held.get());
                place(rec, Optional.empty());
                schedule.remove(held.get());
            }
            return held.isPresent();
        });
    }

    /** Deletes a record by its row id, which needs no key. */
    static void deleteRow(Connection connection, long id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from pl_record where id = ?")) {
            delete.setLong(1, id);
            delete.executeUpdate();
        }
    }

    @Override
    public List<StoredRecord> list(String table, byte[] group) throws StoreException {
        Objects.requireNonNull(group, "group");
        byte[] tab = keys.tableIndex(table);
        List<StoredRecord> records = new ArrayList<>();
        read(table, tab, keys.groupIndex(tab, group), records::add);
        return records;
    }

    @Override
    public List<StoredRecord> list(String table) throws StoreException {
        List<StoredRecord> records = new ArrayList<>();
        forEach(table, records::add);
        return records;
    }

    @Override
    public <X extends Exception> void forEach(String table, RecordReader<X> reader) throws StoreException, X {
        Objects.requireNonNull(reader, "reader");
        read(table, keys.tableIndex(table), null, reader);
    }

    private <X extends Exception> void read(String table, byte[] tab, byte @Nullable [] grp, RecordReader<X> reader)
            throws StoreException, X {
        long after = 0;
        List<StoredRecord> portion;
        do {
            long from = after;
            // The reader may use the transaction: no result set is open while it is called.
            portion = step(() -> portion(table, tab, grp, from));
            for (StoredRecord one : portion) {
                after = one.order();
                reader.read(one);
            }
        } while (portion.size() == PORTION);
    }

    private List<StoredRecord> portion(String table, byte[] tab, byte @Nullable [] grp, long after)
            throws SQLException, StoreException {
        try (PreparedStatement select = connection.prepareStatement(portion(grp != null))) {
            select.setMaxRows(PORTION);
            select.setBytes(1, tab);
            if (grp != null) {
                select.setBytes(2, grp);
            }
            select.setLong(grp == null ? 2 : 3, after);
            List<StoredRecord> records = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    RecordBody body = RecordBody.open(keys, row);
                    records.add(new StoredRecord(table, row.getLong(1), body.key(), body.value()));
                }
            }
            return records;
        }
    }

    /**
     * The query for the rows of a table or group after a given row. It orders by all columns of the index: H2 does not
     * notice that columns compared with one value cannot change the order, and would read and sort all remaining rows
     * for each portion.
     */
    static String portion(boolean ofGroup) {
        return "select id, tab, rec, grp, sealed, more from pl_record where tab = ? "
                + (ofGroup ? "and grp = ? and id > ? order by tab, grp, id" : "and id > ? order by tab, id");
    }

    @Override
    public long count(String table) throws StoreException {
        return step(() -> {
            try (PreparedStatement select =
                    connection.prepareStatement("select count(*) from pl_record where tab = ?")) {
                select.setBytes(1, keys.tableIndex(table));
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
    }

    @Override
    public List<StoredRecord> deleteExpired(Instant now) throws StoreException {
        return step(() -> {
            List<StoredRecord> deleted = new ArrayList<>();
            places.clear();
            schedule.readRest(connection, keys);
            for (long id : schedule.due(now)) {
                writing();
                try (PreparedStatement select = connection.prepareStatement(
                        "select id, tab, rec, grp, sealed, more from pl_record where id = ?")) {
                    select.setLong(1, id);
                    try (ResultSet row = select.executeQuery()) {
                        if (row.next()) {
                            RecordBody body = RecordBody.open(keys, row);
                            deleted.add(new StoredRecord(body.table(), id, body.key(), new byte[0]));
                            StoreKeys.wipe(body.value());
                        }
                    }
                } catch (DamagedRecordException e) {
                    LOG.warn("An expired record is damaged; it is deleted anyway ({})", Faults.reason(e));
                }
                deleteRow(connection, id);
                schedule.remove(id);
            }
            return deleted;
        });
    }

    @Override
    public List<StoredRecord> collected(int most) throws StoreException {
        if (most < 1) {
            return List.of();
        }
        return step(() -> {
            byte[] publicKey = Collector.publicKey(connection);
            try (SecretBytes privateKey = collector.privateKey(connection, keys)) {
                List<StoredRecord> candidates = new ArrayList<>();
                List<Long> damaged = new ArrayList<>();
                do {
                    damaged.clear();
                    readCollected(most, publicKey, privateKey, candidates, damaged);
                    dropDamaged(damaged);
                } while (candidates.isEmpty() && !damaged.isEmpty());
                return candidates;
            }
        });
    }

    private void readCollected(
            int most, byte[] publicKey, SecretBytes privateKey, List<StoredRecord> candidates, List<Long> damaged)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select id, digest, sealed, more from pl_candidate order by id")) {
            select.setMaxRows(most);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long id = row.getLong(1);
                    try {
                        byte[] candidate = CandidateBox.open(publicKey, privateKey.expose(), Database.getSplit(row, 3));
                        candidates.add(new StoredRecord(COLLECTED, id, row.getBytes(2), candidate));
                    } catch (AEADBadTagException | IllegalArgumentException e) {
                        LOG.debug("Collected packet {} does not open: {}", id, Faults.reason(e));
                        damaged.add(id);
                    }
                }
            }
        }
    }

    /** Until it is opened, a candidate is only a stranger's packet: a damaged one must not hold up the others. */
    private void dropDamaged(List<Long> damaged) throws SQLException, StoreException {
        if (damaged.isEmpty()) {
            return;
        }
        LOG.warn("{} collected packets are damaged and were removed: the store's files were changed", damaged.size());
        writing();
        discarded = true;
        for (long id : damaged) {
            try (PreparedStatement delete = connection.prepareStatement("delete from pl_candidate where id = ?")) {
                delete.setLong(1, id);
                delete.executeUpdate();
            }
        }
    }

    @Override
    public void discardCollected(StoredRecord candidate) throws StoreException {
        if (!candidate.table().equals(COLLECTED)) {
            throw new IllegalArgumentException("no collected candidate: " + candidate);
        }
        step(() -> {
            writing();
            discarded = true;
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from pl_candidate where id = ? and digest = ?")) {
                delete.setLong(1, candidate.order());
                delete.setBytes(2, candidate.key());
                return delete.executeUpdate();
            }
        });
    }
}
