package org.partyline.storejdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.partyline.api.store.NotLeaderException;

/** Keeps a server from using a database that another one has taken over. */
@FunctionalInterface
interface Fence {
    /** Of a database that only one server can use. */
    Fence NONE = (connection, writes) -> {};

    /**
     * Part of a transaction.
     *
     * @param writes whether it is about to write: then nobody takes over before it ends
     * @throws NotLeaderException when someone took over
     */
    void check(Connection connection, boolean writes) throws SQLException, NotLeaderException;

    /**
     * A new connection was made.
     *
     * @throws NotLeaderException when it does not lead to the database that this server took the lead of
     */
    default void opened(Connection connection) throws SQLException, NotLeaderException {}

    /** Whether this server took the database over from one that it had been watching; true at most once. */
    default boolean takenOver() {
        return false;
    }

    /** Tells how far the store has come to whoever may take it over, with the next sign of life. */
    default void publish(String mark) {}

    /** What the leader before this one had published, as this server saw it; empty: nothing. */
    default Optional<String> published() {
        return Optional.empty();
    }
}
