package org.partyline.transportrpc;

import java.util.List;

/** Delivers a node's notifications. */
interface NotificationFeed extends AutoCloseable {
    /** Takes what has come since the last call, in its order, at most so many. */
    List<Notification> take(int most);

    /** Whether a connection to every endpoint stands. */
    boolean connected();

    /** Whether the mempool sequence comes by it, not only transactions. */
    boolean carriesSequence();

    /** Why it does not stand, in one line; empty when that is not known, or it does. */
    default String problem() {
        return "";
    }

    @Override
    void close();
}
