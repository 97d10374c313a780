package org.partyline.itests.privacy;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A leak that must be detected: sends a little earlier if something waits. */
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
