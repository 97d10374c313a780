package org.partyline.transportrpc;

import java.util.List;

/** Delivers a node's notifications. */
interface NotificationFeed extends AutoCloseable {
    /** Takes up to this many notifications that arrived since the last call, in order. */
    List<Notification> take(int most);

    /** Whether every endpoint is connected. */
    boolean connected();

    /** Whether it receives the mempool sequence, in addition to transactions. */
    boolean carriesSequence();

    /** Why it is not connected, in one line; empty if that is unknown, or it is. */
    default String problem() {
        return "";
    }

    @Override
    void close();
}
