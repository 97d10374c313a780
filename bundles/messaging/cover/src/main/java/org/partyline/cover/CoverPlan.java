package org.partyline.cover;

/**
 * The stored order for a persona's cover traffic.
 *
 * @param mean mean time between two slots, in milliseconds
 * @param budget satoshi a day
 * @param next the next slot, in milliseconds; 0 if it does not run
 * @param messages the number of messages that left in slots, since it was first started
 * @param decoys the number of decoys that did
 * @param since when it was last started, in milliseconds
 */
record CoverPlan(
        int persona, boolean running, long mean, long budget, long next, long messages, long decoys, long since) {
    /** For a persona that never had cover traffic. */
    static CoverPlan none(int persona, long mean) {
        return new CoverPlan(persona, false, mean, 0, 0, 0, 0, 0);
    }

    CoverPlan started(long newMean, long newBudget, long first, long now) {
        return new CoverPlan(persona, true, newMean, newBudget, first, messages, decoys, now);
    }

    CoverPlan stopped() {
        return new CoverPlan(persona, false, mean, budget, 0, messages, decoys, since);
    }

    /** Returns a copy with a next slot, and the use of the last one. */
    CoverPlan next(long time, int moreMessages, int moreDecoys) {
        return new CoverPlan(persona, running, mean, budget, time, messages + moreMessages, decoys + moreDecoys, since);
    }
}
