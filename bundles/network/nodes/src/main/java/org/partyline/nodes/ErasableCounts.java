package org.partyline.nodes;

import org.partyline.api.panic.Erasable;

/**
 * Counts in memory how many of our packets each node was the first to show.
 *
 * @param forgetting resets the counts
 */
record ErasableCounts(Runnable forgetting) implements Erasable {
    @Override
    public String name() {
        return "node-counts";
    }

    @Override
    public int rank() {
        return RECORDS;
    }

    @Override
    public void erase() {
        forgetting.run();
    }
}
