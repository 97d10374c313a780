package org.partyline.storejdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.partyline.api.store.NotLeaderException;

/**
 * Checks the leader's fencing token: the row that names the leader must be unchanged since this server took the lock
 * (bundle store-postgresql). A lock alone is not enough: a process that was paused while another took the lock does not
 * notice.
 *
 * <p>A writer holds the row's share lock until its transaction ends, and a takeover updates the row. So a transaction
 * either ends before the takeover, or finds another token and fails.
 */
final class LeaderFence implements Fence {
    private static final String READ = "select token from pl_leader where id = 1";

    private static final String HISTORY = "select system_identifier::text || '/' ||"
            + " substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) from pg_control_system()";

    private final byte[] token;
    private final String history;
    /** The property that {@code LeaderLock}, which is not in a bundle, publishes with its heartbeats. */
    private static final String NEWEST = "partyline.leader.newest";

    private final AtomicBoolean takenOver;
    private final String published;

    /**
     * @param token what this server wrote when it became the leader, in hex
     * @param history the database's system id and timeline at that moment; empty if unknown
     * @param takenOver whether it had watched the previous leader until that moment
     * @param published the last value that the previous leader published; empty if none
     */
    LeaderFence(String token, String history, boolean takenOver, String published) {
        this.token = HexFormat.of().parseHex(token);
        this.history = history;
        this.takenOver = new AtomicBoolean(takenOver);
        this.published = published;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A promoted replica, and a database that was restored to a point in time, begin a new timeline and may lack the
     * last commits: keys that were used since would be used again. So the store must be opened again under a new lead,
     * which detects that.
     */
    @Override
    public void opened(Connection connection) throws SQLException, NotLeaderException {
        if (history.isEmpty()) {
            return;
        }
        try (PreparedStatement select = connection.prepareStatement(HISTORY);
                ResultSet row = select.executeQuery()) {
            row.next();
            if (!row.getString(1).equals(history)) {
                throw new NotLeaderException();
            }
        }
    }

    @Override
    public boolean takenOver() {
        return takenOver.getAndSet(false);
    }

    @Override
    public void publish(String mark) {
        System.setProperty(NEWEST, mark);
    }

    @Override
    public Optional<String> published() {
        return Optional.of(System.getProperty(NEWEST, published)).filter(mark -> !mark.isEmpty());
    }

    @Override
    public void check(Connection connection, boolean writes) throws SQLException, NotLeaderException {
        try (PreparedStatement select = connection.prepareStatement(writes ? READ + " for share" : READ);
                ResultSet row = select.executeQuery()) {
            if (!row.next() || !Arrays.equals(token, row.getBytes(1))) {
                throw new NotLeaderException();
            }
        }
    }
}
