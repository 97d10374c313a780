package org.partyline.api.health;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Looks at everything that there is a {@link HealthCheck} for. A service. */
@ProviderType
public interface Doctor {
    /**
     * Looks now; may take some seconds. What cannot be looked at is a warning.
     *
     * @return all findings, in the order of the checks
     */
    List<Finding> examine();
}
