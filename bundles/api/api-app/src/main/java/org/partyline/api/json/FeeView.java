package org.partyline.api.json;

import java.math.BigDecimal;
import org.partyline.api.engine.Fees.FeeStatus;

/** Fees at a node as {@code --json} shows them. */
public record FeeView(
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
    /** What is shown of it. */
    public static FeeView of(FeeStatus status) {
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
