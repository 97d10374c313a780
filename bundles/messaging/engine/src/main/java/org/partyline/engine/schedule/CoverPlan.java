package org.partyline.engine.schedule;

/** A persona's cover traffic. @param mean between two packets, in milliseconds @param next when, in milliseconds */
public record CoverPlan(
        int persona, boolean running, long mean, long budget, long next, long messages, long decoys, long since) {
    /** The table of the store. */
    public static final String TABLE = "cover";

    /** With a next point and what left at the last one. */
    public CoverPlan next(long time, int moreMessages, int moreDecoys) {
        return new CoverPlan(persona, running, mean, budget, time, messages + moreMessages, decoys + moreDecoys, since);
    }
}
