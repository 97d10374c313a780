package org.partyline.api.health;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;

/** Checks one aspect of the server. A service; every bundle may offer some. Thread-safe. */
@ConsumerType
public interface HealthCheck {
    /** A short name of lower-case letters and hyphens, used in findings. */
    String name();

    /**
     * Runs the check; takes at most some seconds.
     *
     * @return at least one finding, or none if the check does not apply here
     * @throws PartylineException if the check is impossible: why, in one line
     */
    List<Finding> examine() throws PartylineException;
}
