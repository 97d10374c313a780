package org.partyline.transportbitcoinj;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.partyline.api.transport.NetworkRoute;

/** One address of the network, whether connected or not. Only on the node's thread. */
final class Contact {
    final Endpoint endpoint;
    /** Whether the operator named it. */
    final boolean named;
    /** Null while there is no connection. */
    @Nullable
    PeerLink link;

    Instant dialled = Instant.MIN;
    Instant nextTry = Instant.MIN;
    Instant lastPing = Instant.MIN;
    int failures;
    /** How many of its messages had headers whose parent is unknown, one after another. */
    int unconnected;
    /** How many headers it sent since one that made the chain better. */
    int idleHeaders;
    /** Satoshi for 1,000 virtual bytes; -1 while it has not said. */
    long feeFilter = -1;
    /** The most data of one OP_RETURN output in what it showed before it was in a block. */
    int shownPayload;
    /** Whether it has no more headers than we have. */
    boolean synced;
    /** Why there is no connection; empty. */
    String problem = "";
    /** How it is reached; null before the first try. */
    @Nullable
    NetworkRoute route;

    Contact(Endpoint endpoint, boolean named) {
        this.endpoint = endpoint;
        this.named = named;
    }

    boolean isReady() {
        return link != null && link.ready();
    }

    /** The connection, where there has to be one. */
    PeerLink connection() {
        if (link == null) {
            throw new IllegalStateException("there is no connection to " + endpoint);
        }
        return link;
    }

    /** What it calls itself, fit to be printed; empty before it has. */
    String software() {
        return link == null
                ? ""
                : link.version().map(version -> Printable.of(version.subVer)).orElse("");
    }

    /** What only a connection told is forgotten with it. */
    void disconnected() {
        link = null;
        feeFilter = -1;
        shownPayload = 0;
        synced = false;
        unconnected = 0;
        idleHeaders = 0;
    }
}
