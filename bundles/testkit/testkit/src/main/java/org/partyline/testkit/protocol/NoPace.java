package org.partyline.testkit.protocol;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.partyline.api.schedule.Pace;

/** Everything leaves at once, until a test changes that; the change applies at once, too. */
public final class NoPace implements Pace {
    private volatile Duration delay = Duration.ZERO;
    private volatile Duration between = Duration.ZERO;

    /** Makes each packet wait this long, if any delay is requested. */
    public void delayBy(Duration time) {
        delay = time;
    }

    /** Makes the next packet wait for a token. @param tokens 0 if none is needed */
    public void limitPerMinute(int tokens) {
        between = tokens == 0 ? Duration.ZERO : Duration.ofMinutes(1).dividedBy(tokens);
    }

    @Override
    public Duration delay(Duration mean, SecureRandom random) {
        return mean.isZero() ? Duration.ZERO : delay;
    }

    /** {@inheritDoc} The arguments do not matter here. */
    @Override
    public RateLimit newRateLimit(int perMinute, int burst) {
        return new RateLimit() {
            private Instant last = Instant.MIN;

            @Override
            public Instant earliest(Instant now) {
                boolean waits = !between.isZero() && last.isAfter(now.minus(between));
                return waits ? last.plus(between) : now;
            }

            @Override
            public void take(Instant now) {
                last = now;
            }
        };
    }
}
