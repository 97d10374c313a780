package org.partyline.cover;

import java.util.ArrayList;
import java.util.List;

/** The sizes of the packets that a persona sent recently, oldest first, as they are stored. */
record SentSizes(List<Integer> newest) {
    private static final int MOST = 64;

    SentSizes {
        newest = List.copyOf(newest);
    }

    /**
     * With one more. They are remembered for longer than the outbox has packets: what was sent in the last hours alone is mostly short where
     * little was said, and then large packets would rarely be decoys.
     */
    SentSizes with(int size) {
        List<Integer> sizes = new ArrayList<>(newest);
        sizes.add(size);
        return new SentSizes(sizes.subList(Math.max(0, sizes.size() - MOST), sizes.size()));
    }
}
