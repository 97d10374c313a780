package org.partyline.api.json;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Fees.FeeStatus;

/** Fees at a node as {@code --json} shows them. */
public record FeeView(
        String network,
        String node,
        @Nullable BigDecimal estimateSatPerVb,
        int targetBlocks,
        BigDecimal floorSatPerVb,
        BigDecimal minimumSatPerVb,
        BigDecimal maximumSatPerVb,
        @Nullable BigDecimal rateSatPerVb,
        @Nullable Long packetFeeSat,
        @Nullable String refusal) {
    /** Returns what is shown of it. */
    public static FeeView of(FeeStatus status) {
        return new FeeView(
                status.network().label(),
                status.node(),
                JsonValues.satPerVb(status.estimate()),
                status.targetBlocks(),
                JsonValues.satPerVb(status.floor()),
                JsonValues.satPerVb(status.minimum()),
                JsonValues.satPerVb(status.maximum()),
                status.refusal().isEmpty() ? JsonValues.satPerVb(status.rate()) : null,
                status.refusal().isEmpty() ? status.packetFee() : null,
                JsonValues.orNull(status.refusal()));
    }
}
