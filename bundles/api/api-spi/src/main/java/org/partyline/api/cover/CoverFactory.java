package org.partyline.api.cover;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A service that opens cover traffic. Of several the one of the highest {@code service.ranking} is used. When it goes,
 * cover traffic ends, and messages leave by their delay alone; when it returns, it goes on as its stored plans say.
 */
@ConsumerType
public interface CoverFactory {
    /**
     * Cover traffic that runs from now on, until {@link CoverTraffic#close}. Nothing is asked of the context yet: the store may be locked.
     */
    CoverTraffic open(CoverContext context);
}
