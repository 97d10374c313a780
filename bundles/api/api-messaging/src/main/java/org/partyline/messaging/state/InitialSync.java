package org.partyline.messaging.state;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.partyline.api.Network;

/**
 * Tracks whether everything that a network's nodes knew at this server's start was read: until then, its files may be
 * an old copy whose keys were used since. A value that whoever reads writes, and that earlier stages read. Thread-safe.
 */
public final class InitialSync {
    /** Whether what was collected while the store was locked is still to be read. */
    public final AtomicBoolean draining = new AtomicBoolean();

    private final Set<Network> distrusted = ConcurrentHashMap.newKeySet();
    private volatile boolean reading;
    private final Set<Network> settled = ConcurrentHashMap.newKeySet();
    private final Set<Network> wanted = ConcurrentHashMap.newKeySet();

    /** Someone begins to read: nothing was heard yet. */
    public void begin() {
        settled.clear();
        wanted.clear();
        reading = true;
    }

    /** Nobody reads any longer. */
    public void end() {
        reading = false;
    }

    /** Whether someone reads, and nothing is left of what was collected while the store was locked: until then no key goes. */
    public boolean isReading() {
        return reading && !draining.get();
    }

    /** Whether all was heard. When it was not, someone waits for it from now on. */
    public boolean isSettled(Network network) {
        if (settled.contains(network)) {
            return !draining.get();
        }
        wanted.add(network);
        return false;
    }

    /** All was heard. */
    public void settle(Network network) {
        settled.add(network);
    }

    /** The networks that a node was found to be on another chain of; whoever reads looks into that, and removes them. */
    public Set<Network> distrusted() {
        return distrusted;
    }

    /** The networks that someone waits for; what is removed from this set is waited for no longer. */
    public Set<Network> wanted() {
        return wanted;
    }
}
