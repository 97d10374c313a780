package org.partyline.engine.schedule;

import java.util.List;

/** Sizes of the packets that a persona sent lately, oldest first. */
public record SentSizes(List<Integer> newest) {
    /** The table of the store. */
    public static final String TABLE = "sent-sizes";

    public SentSizes {
        newest = newest == null ? List.of() : List.copyOf(newest);
    }
}
