package org.partyline.storejdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.store.NotLeaderException;
import org.partyline.api.store.RowsPutBackException;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wraps the single connection and the tables, and hides differences between databases.
 *
 * <p>A connection that failed is closed, and the next use opens another: so the store continues by itself when the disk has
 * room again or the server is back. Not thread-safe; the store's gate guards it.
 */
final class Database implements AutoCloseable {
    /** A piece of work on the connection. */
    @FunctionalInterface
    interface Sql<T> {
        T run(Connection connection) throws SQLException, StoreException;
    }

    /** A piece of work without a result. */
    @FunctionalInterface
    interface Change {
        void make(Connection connection) throws SQLException, StoreException;
    }

    /** The longest value of the one column; H2's BYTEA ends at 1 MiB, and a sealed MiB is longer. */
    static final int SPLIT = 1_000_000;

    /** 32 MiB: about 4,000 transactions of the embedded database. */
    private static final long COMPACT_ABOVE = 32L << 20;

    /** By how much a file may grow after it was compacted. */
    private static final int GROWTH = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int ALIVE_TIMEOUT_SECONDS = 5;
    private static final int H2_IN_USE = 90020;

    private static final String CREATE_META =
            "create table if not exists pl_meta (name varchar(32) not null primary key, content bytea not null)";
    private static final String[] CREATE = {
        "create table if not exists pl_note (name varchar(255) not null primary key, content varchar(65536) not null)",
        "create table if not exists pl_record (id bigint not null primary key, tab bytea not null, rec bytea not null,"
                + " grp bytea not null, sealed bytea not null, more bytea, unique (tab, rec))",
        "create index if not exists pl_record_grp on pl_record (tab, grp, id)",
        "create index if not exists pl_record_tab on pl_record (tab, id)",
        "create table if not exists pl_candidate (id bigint not null primary key, digest bytea not null unique,"
                + " share bigint not null, places integer not null, sealed bytea not null, more bytea)",
        "create index if not exists pl_candidate_share on pl_candidate (share, id)",
        "create table if not exists pl_dropped (share bigint not null primary key, packets bigint not null)",
    };

    private static final String[] TABLES = {"pl_meta", "pl_record", "pl_candidate", "pl_dropped", "pl_note"};

    private static final int VACUUM_MILLIS = (int) TimeUnit.MINUTES.toMillis(10);
    private static final long ASK_AGAIN = TimeUnit.MILLISECONDS.toNanos(200);

    private final ConnectionSource source;
    private final Fence fence;
    private final Migrations migrations;
    private final long compactAbove;
    private @Nullable Connection open;
    private boolean lost;
    private String product = "";
    private boolean closed;
    private long compactedSize;
    /** What the turn row has to hold; null: not known. */
    private byte @Nullable [] lastTurn;
    /** What it holds instead, if the transaction has taken place that wrote it last; null: that is known. */
    private byte @Nullable [] nextTurn;

    /** The turn row held something else, and nobody has accepted that yet. */
    private boolean putBack;

    Database(ConnectionSource source) {
        this(source, Fence.NONE);
    }

    /** @param fence asked in each transaction */
    Database(ConnectionSource source, Fence fence) {
        this(source, fence, Migrations.OURS, COMPACT_ABOVE);
    }

    /** @param compactAbove at which size in bytes a database that only grows is compacted for the first time */
    Database(ConnectionSource source, long compactAbove) {
        this(source, Fence.NONE, Migrations.OURS, compactAbove);
    }

    /**
     * @param migrations the format of the store, and the way there
     * @param compactAbove at which size in bytes a database that only grows is compacted for the first time
     */
    Database(ConnectionSource source, Migrations migrations, long compactAbove) {
        this(source, Fence.NONE, migrations, compactAbove);
    }

    Database(ConnectionSource source, Fence fence, Migrations migrations, long compactAbove) {
        this.source = source;
        this.fence = fence;
        this.migrations = migrations;
        this.compactAbove = compactAbove;
    }

    /** The connection, in the middle of no transaction; opened when there is none that works. */
    Connection connection() throws StoreException {
        if (closed) {
            throw new StoreException("the store was stopped: try again when its bundle runs");
        }
        if (lost) {
            throw new NotLeaderException();
        }
        try {
            if (open != null && !open.isValid(ALIVE_TIMEOUT_SECONDS)) {
                drop();
            }
            if (open == null) {
                open = source.open();
                if (isOld(open)) {
                    drop();
                    check(() -> source.migrate(migrations, fence));
                    open = source.open();
                    if (isOld(open)) {
                        throw new StoreException("the store still has its old format: restart, and see the log");
                    }
                }
                prepare(open);
                if (compactedSize == 0) {
                    // What it may grow from, or each start would rewrite a large file as soon as something is written.
                    compactedSize = source.size();
                }
            }
            return open;
        } catch (SQLException e) {
            drop();
            throw failure(e);
        } catch (StoreException e) {
            drop();
            throw e;
        }
    }

    /**
     * The connection, at the beginning of a transaction in which this server is the leader.
     *
     * @throws NotLeaderException when another server took over; from then on this object works no more
     */
    Connection begin() throws StoreException {
        Connection connection = connection();
        try {
            check(connection, false);
            return connection;
        } catch (SQLException e) {
            drop();
            throw failure(e);
        }
    }

    /** Part of a transaction that is about to write: nobody takes over before it ends. */
    void beforeWriting(Connection connection) throws SQLException, StoreException {
        check(connection, true);
    }

    private void check(Connection connection, boolean writes) throws SQLException, StoreException {
        check(() -> fence.check(connection, writes));
    }

    /** A question for the fence. */
    @FunctionalInterface
    private interface Question {
        void ask() throws SQLException, StoreException;
    }

    private void check(Question question) throws SQLException, StoreException {
        try {
            question.ask();
        } catch (NotLeaderException e) {
            lost = true;
            drop();
            throw e;
        }
    }

    /** Whether other servers may take over. */
    boolean isShared() {
        return fence != Fence.NONE;
    }

    /** Whether another server took over, which is for good. */
    boolean isLost() {
        return lost;
    }

    /** Whether this server took the database over from one that it had been watching; true at most once. */
    boolean takenOver() {
        return fence.takenOver();
    }

    Fence fence() {
        return fence;
    }

    /**
     * Before anything else is touched: another server may be the leader, and a newer program may have other tables.
     *
     * @return whether the store has to be brought to this program's format first
     */
    private boolean isOld(Connection connection) throws SQLException, StoreException {
        connection.setAutoCommit(false);
        product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        if (postgresql()) {
            // Whatever the server has set: the fence has to see what was committed meanwhile.
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        check(() -> fence.opened(connection));
        check(connection, false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(CREATE_META);
        }
        byte[] format = Meta.get(connection, Meta.FORMAT);
        boolean old = format != null && migrations.isOld(format);
        connection.commit();
        return old;
    }

    private void prepare(Connection connection) throws SQLException {
        // On a server even what changes nothing waits for whoever writes.
        if (Meta.get(connection, Meta.FORMAT) == null || !postgresql()) {
            try (Statement statement = connection.createStatement()) {
                for (String sql : CREATE) {
                    statement.execute(sql);
                }
            }
        }
        connection.commit();
    }

    /** What a new store has as its format. */
    byte[] format() {
        return migrations.row();
    }

    /** Runs work that writes; it is on the disk when this returns. */
    <T> T write(Sql<T> work) throws StoreException {
        return run(work, true);
    }

    /** As {@link #write}, for work without a result. */
    void update(Change work) throws StoreException {
        run(
                connection -> {
                    work.make(connection);
                    return true;
                },
                true);
    }

    /** A row of the meta table. */
    Optional<byte[]> meta(String name) throws StoreException {
        return read(connection -> Optional.ofNullable(Meta.get(connection, name)));
    }

    /** Runs work that reads. */
    <T> T read(Sql<T> work) throws StoreException {
        return run(work, false);
    }

    private <T> T run(Sql<T> work, boolean flush) throws StoreException {
        Connection connection = connection();
        boolean done = false;
        byte[] doubtful = nextTurn;
        try {
            check(connection, flush);
            T result = work.run(connection);
            connection.commit();
            if (nextTurn != doubtful) {
                turnStored();
            }
            if (flush) {
                flush(connection);
            }
            done = true;
            if (flush) {
                keepSmall();
            }
            return result;
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            if (!done) {
                rollback();
            }
        }
    }

    /**
     * Commits what was done on the connection, to the disk.
     *
     * <p>When the commit fails, nobody knows yet whether it took place: the connection may have broken after it. The mark
     * in the turn row tells.
     *
     * @param mark what this transaction wrote to the turn row; null when it only read
     */
    void commit(byte @Nullable [] mark) throws StoreException {
        try {
            Connection connection = Objects.requireNonNull(open, "a transaction has a connection");
            connection.commit();
            if (mark != null) {
                turnStored();
                flush(connection);
            }
        } catch (SQLException e) {
            drop();
            if (mark == null || !committed(mark, e)) {
                throw failure(e);
            }
            turnStored();
        }
        if (mark != null) {
            keepSmall();
        }
    }

    /** Compacts a file that has grown much. What was committed is safe by then, whatever becomes of it. */
    private void keepSmall() {
        if (source.size() <= Math.max(compactAbove, GROWTH * compactedSize)) {
            return;
        }
        try {
            compact();
        } catch (StoreException e) {
            LOG.warn("The store's file could not be compacted; it is tried again later ({})", Faults.reason(e));
        }
        // Also after a failure: the next try is when it has grown as much again.
        compactedSize = source.size();
    }

    private boolean committed(byte[] mark, SQLException first) {
        long until = System.nanoTime() + source.patience().toNanos();
        while (true) {
            try {
                return write(connection -> {
                    // The database may still be at that commit, whose row it holds as long: this waits for it.
                    byte[] turn = lockedTurn(connection);
                    return turn != null
                            && turn.length > mark.length
                            && Arrays.equals(mark, Arrays.copyOfRange(turn, turn.length - mark.length, turn.length));
                });
            } catch (NotLeaderException e) {
                first.addSuppressed(e);
                return false;
            } catch (StoreException e) {
                if (until - System.nanoTime() <= 0) {
                    first.addSuppressed(e);
                    return false;
                }
                LOG.debug("Whether the last commit succeeded is not known yet: {}", Faults.reason(e));
                LockSupport.parkNanos(ASK_AGAIN);
            }
        }
    }

    /** H2 has written a commit to the file; this makes the disk have it, too. Other databases do so by themselves. */
    private void flush(Connection connection) throws SQLException {
        if (h2()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("checkpoint sync");
            }
        }
    }

    /** Ends a transaction without its changes. */
    void rollback() {
        if (open == null) {
            return;
        }
        try {
            open.rollback();
        } catch (SQLException e) {
            LOG.debug(
                    "The rollback failed; the connection is closed, which has the same effect ({})", Faults.reason(e));
            drop();
        }
    }

    /**
     * Destroys all that is in the database, this home's keys first. The next use makes a new one.
     *
     * @return what is to be done about the rest, which nothing opens by then
     */
    ConnectionSource.Remains destroy() throws StoreException {
        drop();
        forgetTurn();
        compactedSize = 0;
        try {
            Optional<ConnectionSource.Remains> remains = source.destroy();
            if (remains.isPresent()) {
                return remains.get();
            }
        } catch (IOException e) {
            throw new StoreException("the store's keys cannot be overwritten: destroy their disk", e);
        }
        clear();
        return () -> {};
    }

    /** Empties a database that is not this server's file, the wrapped key first. */
    private void clear() throws StoreException {
        forgetCopies();
        update(connection -> {
            Meta.update(connection, Meta.WRAP, new byte[wrapLength(connection)]);
        });
        update(connection -> {
            try (Statement statement = connection.createStatement()) {
                for (String table : TABLES) {
                    statement.execute("drop table " + table);
                }
            }
        });
        if (h2()) {
            compact();
        }
        drop();
    }

    /**
     * Destroys all that is in the database, as {@link #destroy} does, and makes a new store in it: in one transaction where the database
     * undoes changes of tables. A share of the new store's keys stays.
     *
     * @return what is to be done about the rest, which nothing opens by then
     */
    ConnectionSource.Remains replace(Head head) throws StoreException {
        forgetTurn();
        if (postgresql()) {
            forgetCopies();
            update(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("truncate table " + String.join(", ", TABLES));
                }
                head.insert(connection);
            });
            return () -> {};
        }
        ConnectionSource.Remains remains = () -> {};
        if (source.share().isEmpty()) {
            remains = destroy();
        } else {
            clear();
        }
        update(connection -> {
            head.insert(connection);
        });
        return remains;
    }

    /**
     * Makes this home's share of the keys of a store that is about to be made here.
     *
     * @return the caller's to close; empty where there are no shares
     */
    Optional<KeyShare.Share> nextShare() throws StoreException {
        Optional<KeyShare> share = source.share();
        return share.isEmpty() ? Optional.empty() : Optional.of(share.get().next(shareRow()));
    }

    /**
     * This home's share of the keys of the store that is here.
     *
     * @return the caller's to close; empty where there are no shares
     * @throws StoreException when this home has not the one that it needs
     */
    Optional<KeyShare.Share> share() throws StoreException {
        Optional<KeyShare> share = source.share();
        Optional<byte[]> row = share.isEmpty() ? Optional.empty() : shareRow();
        return row.isEmpty() ? Optional.empty() : Optional.of(share.get().of(row.get()));
    }

    private Optional<byte[]> shareRow() throws StoreException {
        return meta(Meta.SHARE);
    }

    /**
     * Destroys the copies of the store as it was in older formats, which an older passphrase opens.
     *
     * @throws StoreException when one of them may still be there
     */
    void forgetCopies() throws StoreException {
        if (!postgresql()) {
            return;
        }
        update(connection -> {
            try (Statement statement = connection.createStatement()) {
                for (int format = Migrations.FIRST; format < migrations.format(); format++) {
                    for (String table : TABLES) {
                        statement.execute("drop table if exists " + TransactionalMigration.copyOf(table, format));
                    }
                }
            }
        });
    }

    /** The tables that a migration left as they were before it, by name. */
    List<String> copies() throws StoreException {
        return read(connection -> {
            List<String> found = new ArrayList<>();
            if (postgresql()) {
                try (PreparedStatement select = connection.prepareStatement(
                                "select tablename from pg_tables"
                                        + " where schemaname = current_schema() and tablename ~ '^pl_[a-z]+_format[0-9]+$' order by 1");
                        ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        found.add(rows.getString(1));
                    }
                }
            }
            return found;
        });
    }

    /** What an earlier {@link #destroy} has left to do. */
    ConnectionSource.Remains remains() {
        return source.remains();
    }

    private static int wrapLength(Connection connection) throws SQLException {
        byte[] wrap = Meta.get(connection, Meta.WRAP);
        return wrap == null ? 0 : wrap.length;
    }

    /** Rewrites the files, so that nothing deleted is left in them. */
    void compact() throws StoreException {
        Connection connection = connection();
        if (rewrites(connection, Map.of())) {
            return;
        }
        try {
            if (h2()) {
                if (connection.getMetaData().getURL().startsWith("jdbc:h2:mem:")) {
                    return;
                }
                try (Statement statement = connection.createStatement()) {
                    // Writes a new file beside the old one and puts it in its place; closes the database.
                    statement.execute("shutdown compact");
                }
                drop();
                flush(connection());
            } else if (postgresql()) {
                check(connection, false);
                connection.commit();
                vacuum(connection);
            }
        } catch (SQLException e) {
            drop();
            throw failure(e);
        }
    }

    /**
     * Rewrites the file, and replaces rows of the meta table with it: after a failure or a crash both have taken place, or neither.
     *
     * @param meta content by name
     * @return false where the file is not this server's: then nothing was done
     */
    boolean rewrites(Map<String, byte[]> meta) throws StoreException {
        return rewrites(connection(), meta);
    }

    private boolean rewrites(Connection connection, Map<String, byte[]> meta) throws StoreException {
        boolean done = false;
        try {
            if (!source.rewrite(connection, meta)) {
                done = true;
                return false;
            }
        } catch (SQLException e) {
            throw failure(e);
        } finally {
            if (!done) {
                drop();
            }
        }
        connection();
        compactedSize = source.size();
        return true;
    }

    /** Closes a database in a file and opens it, as a stop and a start do: the file becomes as long as it would by them. */
    void reopen() throws StoreException {
        if (h2()) {
            drop();
            connection();
        }
    }

    private static void vacuum(Connection connection) throws SQLException {
        int usual = connection.getNetworkTimeout();
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(Runnable::run, VACUUM_MILLIS);
        try (Statement statement = connection.createStatement()) {
            statement.execute("vacuum full pl_record, pl_candidate, pl_dropped, pl_note, pl_meta");
        } finally {
            connection.setNetworkTimeout(Runnable::run, usual);
            connection.setAutoCommit(false);
        }
    }

    private boolean postgresql() {
        return product.contains("postgresql");
    }

    private boolean h2() {
        return product.equals("h2");
    }

    private void drop() {
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (SQLException e) {
            LOG.debug("The connection could not be closed properly: {}", Faults.reason(e));
        } finally {
            open = null;
        }
    }

    /** Closes the connection for good. */
    @Override
    public void close() {
        closed = true;
        drop();
    }

    /** The counters, locked against another server on the same database until the transaction ends. */
    Turn turn(Connection connection) throws SQLException, StoreException {
        byte[] turn = lockedTurn(connection);
        if (turn == null) {
            throw new StoreException("there is no store: create one with partyline:setup");
        }
        if (lastTurn != null && !Arrays.equals(turn, lastTurn) && !Arrays.equals(turn, nextTurn)) {
            putBack = true;
        }
        lastTurn = turn;
        nextTurn = null;
        return Turn.decode(turn);
    }

    /** Writes the counters, after {@link #turn} in the same transaction. */
    void setTurn(Connection connection, byte[] turn) throws SQLException {
        nextTurn = turn;
        Meta.update(connection, Meta.TURN, turn);
    }

    private void turnStored() {
        if (nextTurn != null) {
            lastTurn = nextTurn;
            nextTurn = null;
        }
    }

    /** Another store is here from now on. */
    private void forgetTurn() {
        lastTurn = null;
        nextTurn = null;
        putBack = false;
    }

    /** @throws RowsPutBackException when the turn row was not as this server wrote it last, until {@link #acceptPutBack} */
    void checkPutBack() throws RowsPutBackException {
        if (putBack) {
            throw new RowsPutBackException("the store");
        }
    }

    /** Whether {@link #checkPutBack} fails; from now on it does not. */
    boolean acceptPutBack() {
        boolean was = putBack;
        putBack = false;
        return was;
    }

    private static byte @Nullable [] lockedTurn(Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select content from pl_meta where name = ? for update")) {
            select.setString(1, Meta.TURN);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getBytes(1) : null;
            }
        }
    }

    /** Sets two columns to a value that may be longer than one can hold. */
    static void setSplit(PreparedStatement statement, int index, byte[] sealed) throws SQLException {
        boolean fits = sealed.length <= SPLIT;
        statement.setBytes(index, fits ? sealed : Arrays.copyOf(sealed, SPLIT));
        statement.setBytes(index + 1, fits ? null : Arrays.copyOfRange(sealed, SPLIT, sealed.length));
    }

    /** What {@link #setSplit} set. */
    static byte[] getSplit(ResultSet row, int index) throws SQLException {
        byte[] first = row.getBytes(index);
        byte[] more = row.getBytes(index + 1);
        if (more == null) {
            return first;
        }
        byte[] joined = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, joined, first.length, more.length);
        return joined;
    }

    /** Whether the database's server does not answer, or ends just now (PostgreSQL's classes 08 and 57P). */
    private static boolean isAway(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLException sql
                            && sql.getSQLState() != null
                            && (sql.getSQLState().startsWith("08")
                                    || sql.getSQLState().startsWith("57P"))) {
                return true;
            }
        }
        return false;
    }

    /** A system makes a disk so by itself, when it finds an error on it; PostgreSQL says so of a replica. */
    static final String READ_ONLY =
            "the store cannot be written, because its disk or database is read-only; its data is kept. "
                    + "Find the cause (dmesg, findmnt), make it writable, and restart the server";

    static final String FULL = "the disk is full: free some space; the store keeps its data and continues by itself";

    static final String IN_USE = "another process uses the store: stop it, or set partyline.home to another directory";

    private static final String NO_SPACE = "No space left on device";

    /** Whether a failure says that the disk is full, by its own words. */
    static boolean isFull(Throwable e) {
        return String.valueOf(e.getMessage()).contains(NO_SPACE);
    }

    /** Whether a failure says that the disk is read-only, by its own words. */
    static boolean isReadOnly(Throwable e) {
        return String.valueOf(e.getMessage()).contains("Read-only file system");
    }

    /** One clear line for the operator. The cause is for the log; the database has seen hashes and ciphertext only. */
    static StoreException failure(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains(NO_SPACE) || "53100".equals(e.getSQLState())) {
                return new StoreException(FULL, e);
            }
            if (isReadOnly(cause) || "25006".equals(e.getSQLState())) {
                return new StoreException(READ_ONLY, e);
            }
        }
        if (isAway(e)) {
            return new StoreException(
                    "the store's database does not answer: dependent functions wait and continue when it is back", e);
        }
        if (e.getErrorCode() == H2_IN_USE) {
            return new StoreException(IN_USE, e);
        }
        return new StoreException(
                "the store's database failed (SQL state " + e.getSQLState() + ", code " + e.getErrorCode()
                        + "): check the disk, the database and the log; the next use opens it again",
                e);
    }
}
