package org.partyline.api.cover;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A service that opens cover traffic. The one with the highest {@code service.ranking} is used. When it stops, cover
 * traffic ends, and messages leave after their random delay; when it returns, cover traffic continues according to the
 * stored plans.
 */
@ConsumerType
public interface CoverFactory {
    /**
     * Opens cover traffic, which runs until {@link CoverTraffic#close}. It must not use the context yet: the store may
     * be locked.
     */
    CoverTraffic open(CoverContext context);
}
