package com.example.extension.quiet;

import com.example.extension.Edition;
import java.time.Duration;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.partyline.api.schedule.SendSchedule;

/** Lets nothing leave for as long as its configuration {@code com.example.extension.quiet} exists. */
@Component(configurationPid = "com.example.extension.quiet", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class QuietHours implements SendSchedule {
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

    @Override
    public Optional<Hold> hold(Departure departure) {
        return Optional.of(
                new Hold(departure.now().plus(LOOK_AGAIN), "these are quiet hours (edition " + Edition.number() + ")"));
    }
}
