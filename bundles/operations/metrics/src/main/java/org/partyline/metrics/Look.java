package org.partyline.metrics;

import java.time.Clock;
import java.util.List;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Doctor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one measurement of the server. */
final class Look {
    private static final Logger LOG = LoggerFactory.getLogger(Look.class);
    private static final double MILLIS = 1000;

    private final Sources sources;
    private final List<MetricSource> all;
    private final Clock clock;

    Look(Sources sources, List<MetricSource> all, Clock clock) {
        this.sources = sources;
        this.all = all;
        this.clock = clock;
    }

    Published take() {
        Health health = health();
        Page page = new Page();
        page.gauge(
                "looked_timestamp_seconds",
                "Time of the last check; all values are from then.",
                Math.floor(clock.millis() / MILLIS));
        health.write(page);
        all.forEach(numbers -> write(numbers, page));
        return new Published(page.text(), health);
    }

    private Health health() {
        try {
            return sources.find(Doctor.class)
                    .map(doctor -> Health.of(doctor.examine()))
                    .orElseGet(Health::unknown);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("health is unknown: {}", Faults.trace(e));
            return Health.unknown();
        }
    }

    /** Sources that fail are left out; the others are published. */
    private void write(MetricSource numbers, Page page) {
        try {
            numbers.write(sources, page);
        } catch (PartylineException | RuntimeException | LinkageError e) {
            LOG.debug("{} reports nothing now: {}", numbers.getClass().getSimpleName(), Faults.trace(e));
        }
    }
}
