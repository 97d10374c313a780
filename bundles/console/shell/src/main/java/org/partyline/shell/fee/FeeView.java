package org.partyline.shell.fee;

import java.math.BigDecimal;
import org.partyline.api.engine.Fees.FeeStatus;
import org.partyline.api.json.JsonValues;

record FeeView(
        String network,
        String node,
        BigDecimal estimateSatPerVb,
        int targetBlocks,
        BigDecimal floorSatPerVb,
        BigDecimal minimumSatPerVb,
        BigDecimal maximumSatPerVb,
        BigDecimal rateSatPerVb,
        Long packetFeeSat,
        String refusal) {
    static FeeView of(FeeStatus status) {
        return new FeeView(
                status.network().label(),
                status.node(),
                JsonValues.satPerVb(status.estimate().orElse(null)),
                status.targetBlocks(),
                JsonValues.satPerVb(status.floor()),
                JsonValues.satPerVb(status.minimum()),
                JsonValues.satPerVb(status.maximum()),
                status.refusal().isEmpty() ? JsonValues.satPerVb(status.rate()) : null,
                status.refusal().isEmpty() ? status.packetFee() : null,
                JsonValues.orNull(status.refusal()));
    }
}
