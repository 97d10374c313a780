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
 * <p>A failed connection is closed, and the next use opens another, so that the store continues by itself once the disk
 * has space again or the server is back. Not thread-safe; the store's gate guards it.
 */
final class Database implements AutoCloseable {
    /** Work on the connection. */
    @FunctionalInterface
    interface Sql<T> {
        T run(Connection connection) throws SQLException, StoreException;
    }

    /** Work without a result. */
    @FunctionalInterface
    interface Change {
        void make(Connection connection) throws SQLException, StoreException;
    }

    /** The maximum length of one column; H2's BYTEA is limited to 1 MiB, and a sealed value of 1 MiB is longer. */
    static final int SPLIT = 1_000_000;

    /** 32 MiB: about 4,000 transactions of the embedded database. */
    private static final long COMPACT_ABOVE = 32L << 20;

    /** The factor by which a file may grow after it was compacted. */
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
    /** The expected content of the turn row; null if unknown. */
    private byte @Nullable [] lastTurn;
    /** Its content if the last transaction that wrote it succeeded; null: its outcome is known. */
    private byte @Nullable [] nextTurn;

    /** Whether the turn row had another content, which nobody has accepted yet. */
    private boolean putBack;

    Database(ConnectionSource source) {
        this(source, Fence.NONE);
    }

    /** @param fence checked in each transaction */
    Database(ConnectionSource source, Fence fence) {
        this(source, fence, Migrations.OURS, COMPACT_ABOVE);
    }

    /** @param compactAbove the size in bytes at which a growing database is compacted for the first time */
    Database(ConnectionSource source, long compactAbove) {
        this(source, Fence.NONE, Migrations.OURS, compactAbove);
    }

    /**
     * @param migrations the format of the store, and the steps to it
     * @param compactAbove the size in bytes at which a growing database is compacted for the first time
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

    /** The connection, outside a transaction; opened if there is none that works. */
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
                    // The base of the growth; otherwise each start would rewrite a large file after the first change.
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
     * @throws NotLeaderException if another server took over; from then on this object is unusable
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

    /** Part of a transaction that is about to write: it prevents a takeover until it ends. */
    void beforeWriting(Connection connection) throws SQLException, StoreException {
        check(connection, true);
    }

    private void check(Connection connection, boolean writes) throws SQLException, StoreException {
        check(() -> fence.check(connection, writes));
    }

    /** A call of the fence. */
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

    /** Whether another server took over; this is permanent. */
    boolean isLost() {
        return lost;
    }

    /** Whether this server took the database over from one that it had watched; true at most once. */
    boolean takenOver() {
        return fence.takenOver();
    }

    Fence fence() {
        return fence;
    }

    /**
     * Called before anything else is read: another server may be the leader, and a newer program may have other tables.
     *
     * @return whether the store must be migrated to this program's format first
     */
    private boolean isOld(Connection connection) throws SQLException, StoreException {
        connection.setAutoCommit(false);
        product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        if (postgresql()) {
            // Whatever the database server's default is: the fence must see what was committed meanwhile.
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
        // On a database server, even a statement without effect would wait for other writers.
        if (Meta.get(connection, Meta.FORMAT) == null || !postgresql()) {
            try (Statement statement = connection.createStatement()) {
                for (String sql : CREATE) {
                    statement.execute(sql);
                }
            }
        }
        connection.commit();
    }

    /** The format of a new store. */
    byte[] format() {
        return migrations.row();
    }

    /** Runs work that writes; its changes are on the disk when this returns. */
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
     * Commits the changes to the disk.
     *
     * <p>If the commit fails, its outcome is unknown: the connection may have broken after it. The mark in the turn row
     * shows it.
     *
     * @param mark the mark that this transaction wrote to the turn row; null if it only read
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

    /** Compacts a file that has grown a lot. Committed data is already safe, even if this fails. */
    private void keepSmall() {
        if (source.size() <= Math.max(compactAbove, GROWTH * compactedSize)) {
            return;
        }
        try {
            compact();
        } catch (StoreException e) {
            LOG.warn("The store's file could not be compacted; it is tried again later ({})", Faults.reason(e));
        }
        // Also after a failure: the next attempt is after the same growth.
        compactedSize = source.size();
    }

    private boolean committed(byte[] mark, SQLException first) {
        long until = System.nanoTime() + source.patience().toNanos();
        while (true) {
            try {
                return write(connection -> {
                    // The database may still be executing that commit, and lock the row meanwhile: this waits for it.
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

    /** H2 has written a commit to the file; this flushes it to the disk. Other databases do so by themselves. */
    private void flush(Connection connection) throws SQLException {
        if (h2()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("checkpoint sync");
            }
        }
    }

    /** Ends a transaction and undoes its changes. */
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

    /** Overwrites this home's keys, from any thread. */
    void overwriteKeys() {
        try {
            source.overwriteKeys();
        } catch (IOException e) {
            LOG.warn("The store's keys could not be overwritten at once: {}", Faults.reason(e));
        }
    }

    /**
     * Destroys everything in the database, this home's keys first. The next use creates a new one.
     *
     * @return the remaining work on files that nothing can decrypt any more
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
     * Destroys everything in the database, like {@link #destroy}, and creates a new store in it: in one transaction if
     * the database can undo changes of tables. The key share of the new store is kept.
     *
     * @return the remaining work on files that nothing can decrypt any more
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

    /** Called before a store is created. @throws StoreException if it would make another one unreadable */
    void checkNew() throws StoreException {
        source.checkNew();
    }

    /**
     * Creates this home's key share for a store that is about to be created.
     *
     * @return the caller closes it; empty if there are no shares
     */
    Optional<KeyShare.Share> nextShare() throws StoreException {
        Optional<KeyShare> share = source.share();
        return share.isEmpty() ? Optional.empty() : Optional.of(share.get().next(shareRow()));
    }

    /**
     * This home's key share for the present store.
     *
     * @return the caller closes it; empty if there are no shares
     * @throws StoreException if this home does not have the required share
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
     * Destroys copies of the store in older formats, which an older passphrase opens.
     *
     * @throws StoreException if one of them may still exist
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

    /** The names of tables that a migration left unchanged. */
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

    /** The remaining work of an earlier {@link #destroy}. */
    ConnectionSource.Remains remains() {
        return source.remains();
    }

    private static int wrapLength(Connection connection) throws SQLException {
        byte[] wrap = Meta.get(connection, Meta.WRAP);
        return wrap == null ? 0 : wrap.length;
    }

    /** Rewrites the files, so that they contain no deleted data. */
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
                    // Writes a new file beside the old one and replaces that; closes the database.
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
     * Rewrites the file and replaces rows of its meta table: after a failure or a crash, both have happened or neither
     * has.
     *
     * @param meta content by name
     * @return false if the file does not belong to this server: then nothing was done
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

    /**
     * Closes and reopens a database in a file, like a restart, so that the file has the same length as after a restart.
     */
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

    /** Writes the counters; must follow {@link #turn} in the same transaction. */
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

    /** Called when there is another store from now on. */
    private void forgetTurn() {
        lastTurn = null;
        nextTurn = null;
        putBack = false;
    }

    /**
     * @throws RowsPutBackException if the turn row was not as last written by this server, until {@link #acceptPutBack}
     */
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

    /** Sets two columns to a value that may be too long for one. */
    static void setSplit(PreparedStatement statement, int index, byte[] sealed) throws SQLException {
        boolean fits = sealed.length <= SPLIT;
        statement.setBytes(index, fits ? sealed : Arrays.copyOf(sealed, SPLIT));
        statement.setBytes(index + 1, fits ? null : Arrays.copyOfRange(sealed, SPLIT, sealed.length));
    }

    /** The value that {@link #setSplit} stored. */
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

    /** Whether the database server does not answer, or is shutting down (PostgreSQL's classes 08 and 57P). */
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

    /** A system remounts a disk read-only after an error on it; PostgreSQL uses the words for a replica. */
    static final String READ_ONLY =
            "the store cannot be written, because its disk or database is read-only; its data is kept. "
                    + "Find the cause (dmesg, findmnt), make it writable, and restart the server";

    static final String FULL = "the disk is full: free some space; the store keeps its data and continues by itself";

    static final String IN_USE = "another process uses the store: stop it, or set partyline.home to another directory";

    private static final String NO_SPACE = "No space left on device";

    /** Whether the message of a failure says that the disk is full. */
    static boolean isFull(Throwable e) {
        return String.valueOf(e.getMessage()).contains(NO_SPACE);
    }

    /** Whether the message of a failure says that the disk is read-only. */
    static boolean isReadOnly(Throwable e) {
        return String.valueOf(e.getMessage()).contains("Read-only file system");
    }

    /** One clear line for the operator. The cause is for the log; the database has only seen hashes and ciphertext. */
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
