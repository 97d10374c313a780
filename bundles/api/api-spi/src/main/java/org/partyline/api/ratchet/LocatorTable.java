package org.partyline.api.ratchet;

import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Holds the expected locators in memory: a million within 128 MB. Finding nothing is the common case, and fast. Reads
 * and writes from one thread, or guarded.
 */
@ProviderType
public interface LocatorTable {
    /**
     * Expects a locator. The same locator may be expected on several chains (two personas of one server in one channel).
     *
     * @param hint the locator
     * @param chain a number the caller gives its chains, at least 0
     * @param position on the chain, at least 0
     */
    void add(long hint, int chain, int position);

    /** Expects it no longer. Does nothing when it was not expected. */
    void remove(long hint, int chain, int position);

    /**
     * Looks a locator up.
     *
     * @param visitor called for each chain that expects it; must not change the table
     * @return how many there were
     */
    int find(long hint, Match visitor);

    /** How many locators are expected. */
    int size();

    /** Forgets all. */
    void clear();

    /** Receives a chain that expects a locator. */
    @FunctionalInterface
    @ConsumerType
    interface Match {
        /**
         * @param chain as given to {@link LocatorTable#add}
         * @param position on the chain
         */
        void found(int chain, int position);
    }
}
