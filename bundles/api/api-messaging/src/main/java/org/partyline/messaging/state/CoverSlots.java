package org.partyline.messaging.state;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.Network;

/**
 * Records which personas' packets leave in slots of cover traffic now; the sender sets it, and earlier stages read it.
 * Thread-safe.
 */
public final class CoverSlots {
    /** By persona. No network: none is ready, and nothing of that persona leaves. */
    private final Map<Integer, Optional<Network>> covered = new ConcurrentHashMap<>();

    private volatile boolean known;

    /** Called when the sender starts to set this value; no persona is covered yet. */
    public void begin() {
        covered.clear();
        known = true;
    }

    /** Called when the sender stops setting it. */
    public void end() {
        known = false;
        covered.clear();
    }

    /**
     * Records that a persona's packets leave in slots from now on.
     *
     * @param network of the decoys; empty: no node is ready, and nothing leaves
     */
    public void cover(int persona, Optional<Network> network) {
        covered.put(persona, network);
    }

    /** The packets of all other personas leave after their random delay. */
    public void uncoverAllBut(Set<Integer> personas) {
        covered.keySet().retainAll(personas);
    }

    /**
     * Whether a persona's packets on a network leave in slots of cover traffic now.
     *
     * @throws AbsentException while that is unknown
     */
    public boolean isCovered(int persona, Network network) {
        if (!known) {
            throw new AbsentException("it waits for bundle org.partyline.delivery, which is not running");
        }
        Optional<Network> on = covered.get(persona);
        return on != null && (on.isEmpty() || on.get() == network);
    }

    /** Whether the value is being set. */
    public boolean isKnown() {
        return known;
    }
}
