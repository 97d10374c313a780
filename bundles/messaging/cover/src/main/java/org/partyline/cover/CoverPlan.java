package org.partyline.cover;

/**
 * The order for a persona's cover traffic, as it is stored.
 *
 * @param mean between two slots, in milliseconds
 * @param budget satoshi a day
 * @param next slot, in milliseconds; 0 where it does not run
 * @param messages that left in slots, since it was first started
 * @param decoys that did
 * @param since when it was started last, in milliseconds
 */
record CoverPlan(
        int persona, boolean running, long mean, long budget, long next, long messages, long decoys, long since) {
    /** Of a persona that never had cover traffic. */
    static CoverPlan none(int persona, long mean) {
        return new CoverPlan(persona, false, mean, 0, 0, 0, 0, 0);
    }

    CoverPlan started(long newMean, long newBudget, long first, long now) {
        return new CoverPlan(persona, true, newMean, newBudget, first, messages, decoys, now);
    }

    CoverPlan stopped() {
        return new CoverPlan(persona, false, mean, budget, 0, messages, decoys, since);
    }

    /** With a next slot, and what left in the last one. */
    CoverPlan next(long time, int moreMessages, int moreDecoys) {
        return new CoverPlan(persona, running, mean, budget, time, messages + moreMessages, decoys + moreDecoys, since);
    }
}
