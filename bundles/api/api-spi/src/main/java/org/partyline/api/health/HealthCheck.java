package org.partyline.api.health;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;

/** Checks one aspect of the server. A service; every bundle may offer some. Thread-safe. */
@ConsumerType
public interface HealthCheck {
    /** A short name of lower-case letters and hyphens; findings bear it. */
    String name();

    /**
     * Looks now; at most some seconds.
     *
     * @return one finding at least where there is something to say; none where the point does not exist here
     * @throws PartylineException when it cannot be looked at: why, in one line
     */
    List<Finding> examine() throws PartylineException;
}
