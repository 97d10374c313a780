package org.partyline.storepostgresql.lock;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the lead when it is free, keeps it, and notices its loss.
 *
 * <p>The lead is free at once when the leader's connection ends, because its lock in the database ends, too. It is also
 * free when the leader was silent for {@link #LEASE}, since a paused process or a machine that disappeared keeps its
 * connection. When such a leader wakes up, the token, which each of its transactions checks, keeps it from continuing.
 *
 * <p>Not thread-safe.
 */
final class Leadership implements AutoCloseable {
    /** How long a leader may be silent. */
    static final Duration LEASE = Duration.ofSeconds(10);

    /** How old the last observation of the previous leader may be for its data not to count as an old copy. */
    private static final Duration WATCH = Duration.ofMinutes(10);

    /** The time between two signs of life of a standby. */
    private static final Duration BETWEEN_SIGNS = Duration.ofSeconds(10);

    private static final int TOKEN = 16;
    private static final int TRIES = 20;
    private static final long BETWEEN_TRIES = TimeUnit.MILLISECONDS.toNanos(100);

    /** Makes a connection. */
    @FunctionalInterface
    interface Source {
        /** A new connection; the caller closes it. */
        Connection open() throws SQLException;
    }

    /**
     * The state of a server that has taken the lead.
     *
     * @param epoch the leader's epoch
     * @param token what this server's transactions check, in hex
     * @param history of the database: another one may lack the last commits
     * @param watched whether this server saw how far the previous leader had advanced, and the database is at least as
     *     far
     * @param published how far the previous leader had advanced with the store, as it last published; empty if it did
     *     not
     */
    record Taken(long epoch, String token, String history, boolean watched, String published) {}

    /**
     * The last observation of the leader.
     *
     * @param at when, by this machine's monotonic clock
     */
    private record Seen(Lead lead, DatabasePosition position, long at) {}

    private final Source source;
    private final String holder;
    private final String instance;
    private final Supplier<String> settings;
    private final Supplier<String> newest;
    private final SecureRandom random;
    private final LongSupplier nanos;

    /** Null if the database did not answer the last time. */
    private @Nullable Connection connection;

    private @Nullable Seen seen;
    private @Nullable Taken taken;
    private byte[] token = {};
    private long renewed;
    private @Nullable Long told;

    /**
     * @param settings a hash that shows whether two servers have the same settings
     * @param newest how far the store has advanced while this server leads; empty if unknown
     */
    Leadership(
            Source source,
            String holder,
            String instance,
            Supplier<String> settings,
            Supplier<String> newest,
            SecureRandom random,
            LongSupplier nanos) {
        this.source = source;
        this.holder = holder;
        this.instance = instance;
        this.settings = settings;
        this.newest = newest;
        this.random = random;
        this.nanos = nanos;
    }

    /** Tries once. @return null if another server leads: {@link #leader} */
    @Nullable
    Taken take() throws SQLException {
        boolean done = false;
        try {
            Taken taken = tryToTake();
            done = true;
            return taken;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private @Nullable Taken tryToTake() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = source.open();
            connection = open;
            LeaderTables.requireDirect(open);
            LeaderTables.migrate(open);
        }
        Lead lead = LeaderTables.read(open);
        DatabasePosition position = DatabasePosition.read(open);
        boolean silent = lead.silentMillis() > LEASE.toMillis();
        if (!LeaderTables.lock(open)) {
            if (!silent) {
                seen = new Seen(lead, position, nanos.getAsLong());
                standBy(open);
                return null;
            }
            LeaderTables.end(open, lead.instance());
            if (!lockSoon(open)) {
                return null;
            }
            lead = LeaderTables.read(open);
        }
        if (!lead.instance().equals(instance)) {
            LeaderTables.end(open, lead.instance());
        }
        Seen before = watched(lead, position) ? seen : null;
        byte[] next = new byte[TOKEN];
        random.nextBytes(next);
        long epoch = LeaderTables.raise(open, next, holder, instance);
        token = next;
        renewed = nanos.getAsLong();
        taken = new Taken(
                epoch,
                HexFormat.of().formatHex(next),
                position.history(),
                before != null && epoch == lead.epoch() + 1,
                before == null ? lead.newest() : before.lead().newest(lead));
        return taken;
    }

    private void standBy(Connection open) throws SQLException {
        long now = nanos.getAsLong();
        if (told == null || now - told >= BETWEEN_SIGNS.toNanos()) {
            LeaderTables.standBy(open, instance, holder, settings.get());
            told = now;
        }
    }

    /** The lock becomes free when the terminated connections have ended. */
    private boolean lockSoon(Connection open) throws SQLException {
        for (int i = 0; i < TRIES; i++) {
            LockSupport.parkNanos(BETWEEN_TRIES);
            if (LeaderTables.lock(open)) {
                return true;
            }
        }
        return false;
    }

    private boolean watched(Lead lead, DatabasePosition position) {
        return seen != null
                && seen.lead().epoch() == lead.epoch()
                && seen.lead().instance().equals(lead.instance())
                && position.follows(seen.position())
                && nanos.getAsLong() - seen.at() <= WATCH.toNanos();
    }

    /** The last observed leader; null if none was observed. */
    @Nullable
    Lead leader() {
        return seen == null ? null : seen.lead();
    }

    /**
     * Sends a heartbeat.
     *
     * @return whether this server still leads. While the database does not answer, true as long as nobody else can have
     *     taken over
     */
    boolean keep() {
        Taken lead = taken;
        if (lead == null) {
            return false;
        }
        Connection open = connection;
        try {
            return open == null ? again(lead) : renew(open, lead);
        } catch (SQLException e) {
            // The server that terminated this connection may have taken over: another connection shows that.
            close();
            return again(lead);
        }
    }

    /** Whether the database answered the last time. */
    boolean isAnswered() {
        return connection != null;
    }

    private boolean again(Taken lead) {
        try {
            Connection open = source.open();
            connection = open;
            LeaderTables.requireDirect(open);
            boolean same = DatabasePosition.read(open).history().equals(lead.history());
            if (!same || !(LeaderTables.lock(open) || lockOfOwn(open))) {
                close();
                return false;
            }
            return renew(open, lead);
        } catch (SQLException e) {
            close();
            return nanos.getAsLong() - renewed < LEASE.toNanos();
        }
    }

    /** After a heartbeat that was not answered in time, the database may still work on it, and keep the lock for it. */
    private boolean lockOfOwn(Connection open) throws SQLException {
        return LeaderTables.endLock(open, instance) && lockSoon(open);
    }

    private boolean renew(Connection open, Taken lead) throws SQLException {
        if (LeaderTables.renew(open, lead.epoch(), token, newest.get())) {
            renewed = nanos.getAsLong();
            return true;
        }
        close();
        return false;
    }

    /** Ends the connection, and with it the lock. */
    @Override
    public void close() {
        Connection ending = connection;
        connection = null;
        if (ending != null) {
            try {
                ending.close();
            } catch (SQLException e) {
                // It is gone, or will be, and so is the lock.
                return;
            }
        }
    }
}
