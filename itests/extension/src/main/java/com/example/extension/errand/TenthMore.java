package com.example.extension.errand;

import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.FeeRate;
import org.partyline.api.fees.FeePolicy;

/** Pays the required fee and a tenth more, within the operator's limits. */
@Component
public final class TenthMore implements FeePolicy {
    private static final int TENTH = 10;

    @Override
    public Optional<FeeRate> aim(Market market) {
        long floor = market.floor().satPerKvb();
        return Optional.of(new FeeRate(floor + floor / TENTH));
    }
}
