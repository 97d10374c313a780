package org.partyline.pace;

import java.security.SecureRandom;
import java.time.Duration;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.schedule.Exponential;
import org.partyline.api.schedule.Pace;

/** Draws memoryless delays, and limits rates with token buckets. */
@Component
public final class RandomPace implements Pace {
    private static final int LONGEST_DELAY = 20;
    private static final int MOST_PER_MINUTE = 600;
    private static final int LARGEST_BURST = 1000;

    @Override
    public Duration delay(Duration mean, SecureRandom random) {
        // Limits the delay for the sake of callers. Only one delay in 485 million is longer, so the distribution hardly
        // changes.
        Duration longest = mean.multipliedBy(LONGEST_DELAY);
        Duration drawn = Exponential.draw(mean, random);
        return drawn.compareTo(longest) > 0 ? longest : drawn;
    }

    @Override
    public RateLimit newRateLimit(int perMinute, int burst) {
        if (perMinute < 1 || perMinute > MOST_PER_MINUTE) {
            throw new IllegalArgumentException("a rate limit must be 1 to 600 a minute, not " + perMinute);
        }
        if (burst < 1 || burst > LARGEST_BURST) {
            throw new IllegalArgumentException("a burst must be 1 to 1000, not " + burst);
        }
        return new TokenBucket(perMinute, burst);
    }
}
