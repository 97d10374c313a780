package org.partyline.api.health;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Reports whether the threads of a bundle still make progress. A service; every bundle may offer some. While one of
 * them tells of a failure, or does not return, the system's service manager is no longer told that the server is well,
 * and starts it anew: so a failure is what only a new start ends. A locked store, a node that is unavailable or a full
 * disk is none. Thread-safe.
 */
@ConsumerType
public interface Liveness {
    /** Property of the service: which part it speaks for. */
    String PART = "org.partyline.part";

    /** The part that answers operators; the server has started when it is there and well. */
    String CONSOLE = "console";

    /** Asked every few seconds. @return what does not work any more, in one line; empty: all lives */
    Optional<String> failure();
}
