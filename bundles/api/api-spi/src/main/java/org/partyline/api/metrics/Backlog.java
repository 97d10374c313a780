package org.partyline.api.metrics;

import org.osgi.annotation.versioning.ProviderType;

/** Reports how many incoming packets wait. A service; quick. */
@ProviderType
public interface Backlog {
    /** The present numbers. */
    Level level();

    /**
     * The number of waiting packets.
     *
     * @param arriving packets that nodes reported and that were not examined yet
     * @param unmatched packets of strangers that are remembered for a day; 0 while the store is locked
     * @param parked our packets that wait for a suite or a key; 0 while the store is locked
     */
    record Level(int arriving, int unmatched, int parked) {}
}
