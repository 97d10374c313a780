package org.partyline.api.json;

import org.partyline.api.engine.Fees.Limits;

/** The caps, and how much of them is used, as {@code --json} shows them. */
public record LimitsView(
        long messageSat,
        long hourSat,
        long hourSpentSat,
        long daySat,
        long daySpentSat,
        long dayOutsideMessagesSat,
        int bandPercent,
        boolean mainnetAccepted) {
    /** Returns what is shown of it. */
    public static LimitsView of(Limits limits) {
        return new LimitsView(
                limits.message(),
                limits.hour(),
                limits.hourSpent(),
                limits.day(),
                limits.daySpent(),
                limits.dayOutside(),
                limits.bandPercent(),
                limits.mainnetAccepted());
    }
}
