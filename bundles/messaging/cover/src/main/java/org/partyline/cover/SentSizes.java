package org.partyline.cover;

import java.util.ArrayList;
import java.util.List;

/** The stored sizes of the packets that a persona sent recently, oldest first. */
record SentSizes(List<Integer> newest) {
    private static final int MOST = 64;

    SentSizes {
        newest = List.copyOf(newest);
    }

    /**
     * Returns a copy with one more. They are remembered for longer than packets are in the outbox: if little was sent,
     * the packets of the last hours are mostly short, and then large packets would rarely be decoys.
     */
    SentSizes with(int size) {
        List<Integer> sizes = new ArrayList<>(newest);
        sizes.add(size);
        return new SentSizes(sizes.subList(Math.max(0, sizes.size() - MOST), sizes.size()));
    }
}
