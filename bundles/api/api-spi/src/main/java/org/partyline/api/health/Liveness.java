package org.partyline.api.health;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Reports whether the threads of a bundle still make progress. A service; every bundle may offer some. If one reports a
 * failure or does not return, the system's service manager is no longer informed that the server is well, and restarts
 * it. So a failure is a condition that only a restart can fix; a locked store, an unavailable node or a full disk is
 * not one. Thread-safe.
 */
@ConsumerType
public interface Liveness {
    /** Service property: the part of the server that it reports on. */
    String PART = "org.partyline.part";

    /** The part that answers operators; the server has started once it is available and well. */
    String CONSOLE = "console";

    /** Called every few seconds. @return the failure in one line; empty if none */
    Optional<String> failure();
}
