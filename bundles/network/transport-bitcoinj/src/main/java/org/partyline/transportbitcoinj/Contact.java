package org.partyline.transportbitcoinj;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.partyline.api.transport.NetworkRoute;

/** One address of the network, connected or not. Used only on the node's thread. */
final class Contact {
    final Endpoint endpoint;
    /** Whether the operator configured it. */
    final boolean named;
    /** Null while there is no connection. */
    @Nullable
    PeerLink link;

    Instant dialled = Instant.MIN;
    Instant nextTry = Instant.MIN;
    Instant lastPing = Instant.MIN;
    int failures;
    /** The number of consecutive messages with headers whose parent is unknown. */
    int unconnected;
    /** The number of headers since the last one that improved the chain. */
    int idleHeaders;
    /** Satoshi for 1,000 virtual bytes; -1 if it has not sent one. */
    long feeFilter = -1;
    /** The largest data of one OP_RETURN output that it showed before it was mined. */
    int shownPayload;
    /** Whether it has no more headers than we have. */
    boolean synced;
    /** Whether it did not send a block in time, and has sent none since; also from an earlier connection. */
    boolean late;
    /** Why there is no connection; empty. */
    String problem = "";
    /** Its route; null before the first attempt. */
    @Nullable
    NetworkRoute route;

    Contact(Endpoint endpoint, boolean named) {
        this.endpoint = endpoint;
        this.named = named;
    }

    boolean isReady() {
        return link != null && link.ready();
    }

    /** The connection, if there must be one. */
    PeerLink connection() {
        if (link == null) {
            throw new IllegalStateException("there is no connection to " + endpoint);
        }
        return link;
    }

    /** Its user agent, printable; empty before it sent one. */
    String software() {
        return link == null
                ? ""
                : link.version().map(version -> Printable.of(version.subVer)).orElse("");
    }

    /** Forgets everything that belonged to the connection. */
    void disconnected() {
        link = null;
        feeFilter = -1;
        shownPayload = 0;
        synced = false;
        unconnected = 0;
        idleHeaders = 0;
    }
}
