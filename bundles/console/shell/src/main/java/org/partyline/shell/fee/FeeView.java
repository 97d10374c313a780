package org.partyline.shell.fee;

import java.math.BigDecimal;
import org.partyline.api.engine.Fees.FeeStatus;
import org.partyline.shell.output.JsonValues;

record FeeView(
        String network,
        String node,
        BigDecimal estimateSatPerVb,
        int targetBlocks,
        BigDecimal floorSatPerVb,
        BigDecimal minimumSatPerVb,
        BigDecimal maximumSatPerVb,
        BigDecimal rateSatPerVb,
        long packetFeeSat) {
    static FeeView of(FeeStatus status) {
        return new FeeView(
                status.network().label(),
                status.node(),
                JsonValues.satPerVb(status.estimate().orElse(null)),
                status.targetBlocks(),
                JsonValues.satPerVb(status.floor()),
                JsonValues.satPerVb(status.minimum()),
                JsonValues.satPerVb(status.maximum()),
                JsonValues.satPerVb(status.rate()),
                status.packetFee());
    }
}
