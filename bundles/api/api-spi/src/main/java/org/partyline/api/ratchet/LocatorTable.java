package org.partyline.api.ratchet;

import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Holds the expected locators in memory: a million within 128 MB. A miss is the common case, and fast. Use it from one
 * thread, or guard it.
 */
@ProviderType
public interface LocatorTable {
    /**
     * Expects a locator. The same locator may be expected on several chains (two personas of one server in one
     * channel).
     *
     * @param hint the locator
     * @param chain a number chosen by the caller, at least 0
     * @param position on the chain, at least 0
     */
    void add(long hint, int chain, int position);

    /** Removes an expected locator. Does nothing if it was not expected. */
    void remove(long hint, int chain, int position);

    /**
     * Looks a locator up.
     *
     * @param visitor called for each chain that expects it; must not change the table
     * @return the number of chains
     */
    int find(long hint, Match visitor);

    /** The number of expected locators. */
    int size();

    /** Removes all locators. */
    void clear();

    /** Receives a chain that expects a locator. */
    @FunctionalInterface
    @ConsumerType
    interface Match {
        /**
         * @param chain as passed to {@link LocatorTable#add}
         * @param position on the chain
         */
        void found(int chain, int position);
    }
}
