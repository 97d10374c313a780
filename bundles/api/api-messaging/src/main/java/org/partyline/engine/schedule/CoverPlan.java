package org.partyline.engine.schedule;

import io.soabase.recordbuilder.core.RecordBuilder;

/** A persona's cover traffic. @param mean between two packets, in milliseconds @param next when, in milliseconds */
@RecordBuilder
public record CoverPlan(
        int persona, boolean running, long mean, long budget, long next, long messages, long decoys, long since)
        implements CoverPlanBuilder.With {
    /** The table of the store. */
    public static final String TABLE = "cover";

    /** With a next point and what left at the last one. */
    public CoverPlan next(long time, int moreMessages, int moreDecoys) {
        return with().next(time)
                .messages(messages + moreMessages)
                .decoys(decoys + moreDecoys)
                .build();
    }
}
