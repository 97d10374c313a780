package org.partyline.api.metrics;

import org.osgi.annotation.versioning.ProviderType;

/** Reports how many incoming packets wait. A service; quick. */
@ProviderType
public interface Backlog {
    /** As it is now. */
    Level level();

    /**
     * The number of waiting packets.
     *
     * @param arriving what nodes told of and nobody looked at yet
     * @param unmatched strangers' packets that are remembered for a day; 0 while the store is locked
     * @param parked packets of ours that wait for a suite or a key; 0 while the store is locked
     */
    record Level(int arriving, int unmatched, int parked) {}
}
