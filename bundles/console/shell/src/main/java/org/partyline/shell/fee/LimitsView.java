package org.partyline.shell.fee;

import org.partyline.api.engine.Fees.Limits;

record LimitsView(
        long messageSat,
        long hourSat,
        long hourSpentSat,
        long daySat,
        long daySpentSat,
        long dayOutsideMessagesSat,
        int bandPercent,
        boolean mainnetAccepted) {
    static LimitsView of(Limits limits) {
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
