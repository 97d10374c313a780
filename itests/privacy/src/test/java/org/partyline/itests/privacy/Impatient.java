package org.partyline.itests.privacy;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What must be caught: sends a little sooner when something waits. */
final class Impatient extends Seeded {
    private final BooleanSupplier waits;

    Impatient(SecureRandom own, BooleanSupplier waits) {
        super(own);
        this.waits = waits;
    }

    @Override
    public Duration gap(Duration mean, SecureRandom random) {
        return super.gap(waits.getAsBoolean() ? mean.multipliedBy(2).dividedBy(3) : mean, random);
    }
}
