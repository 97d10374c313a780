package org.partyline.messaging.state;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.partyline.api.Network;

/**
 * Tracks whether everything that a network's nodes knew at this server's start was read: until then, its files may be
 * an old copy whose keys were used since. The reader sets this value, and earlier stages use it. Thread-safe.
 */
public final class InitialSync {
    /** Whether packets that were collected while the store was locked must still be read. */
    public final AtomicBoolean draining = new AtomicBoolean();

    private final Set<Network> distrusted = ConcurrentHashMap.newKeySet();
    private volatile boolean reading;
    private final Set<Network> settled = ConcurrentHashMap.newKeySet();
    private final Set<Network> wanted = ConcurrentHashMap.newKeySet();

    /** Called when a reader starts: nothing was read yet. */
    public void begin() {
        settled.clear();
        wanted.clear();
        reading = true;
    }

    /** Called when the reader stops. */
    public void end() {
        reading = false;
    }

    /**
     * Whether a reader runs and has processed everything that was collected while the store was locked: until then no
     * key is erased.
     */
    public boolean isReading() {
        return reading && !draining.get();
    }

    /** Whether everything was read. If not, the caller counts as waiting for it. */
    public boolean isSettled(Network network) {
        if (settled.contains(network)) {
            return !draining.get();
        }
        wanted.add(network);
        return false;
    }

    /** Records that everything was read. */
    public void settle(Network network) {
        settled.add(network);
    }

    /** The networks of which a node was found to be on another chain; the reader processes and removes them. */
    public Set<Network> distrusted() {
        return distrusted;
    }

    /** The networks that someone waits for; a network that is removed from this set is no longer waited for. */
    public Set<Network> wanted() {
        return wanted;
    }
}
