package org.partyline.storejdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.partyline.api.store.NotLeaderException;

/** Keeps a server from using a database that another one has taken over. */
@FunctionalInterface
interface Fence {
    /** For a database that only one server can use. */
    Fence NONE = (connection, writes) -> {};

    /**
     * Part of a transaction.
     *
     * @param writes whether it is about to write: then it prevents a takeover until it ends
     * @throws NotLeaderException if another server took over
     */
    void check(Connection connection, boolean writes) throws SQLException, NotLeaderException;

    /**
     * Called after a new connection was opened.
     *
     * @throws NotLeaderException if it is to another database than the one that this server leads
     */
    default void opened(Connection connection) throws SQLException, NotLeaderException {}

    /** Whether this server took the database over from one that it had watched; true at most once. */
    default boolean takenOver() {
        return false;
    }

    /** Publishes how far the store has advanced to a standby, with the next heartbeat. */
    default void publish(String mark) {}

    /** The last value that this server published or else the previous leader, as seen by this server; empty if none. */
    default Optional<String> published() {
        return Optional.empty();
    }
}
