package org.partyline.metrics;

import java.time.Duration;
import org.partyline.api.engine.Vault;
import org.partyline.api.metrics.StageMeter;
import org.partyline.api.store.Store;

/** Provides durations of stages, as means of at least a hundred packets. */
final class StageNumbers implements MetricSource, StageMeter {
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;
    /** Some tens of channels make no difference. */
    private static final double TEN_MICROS = 1e-5;

    private final HundredsMean recognition = new HundredsMean();
    private final HundredsMean departures = new HundredsMean();

    @Override
    public void strangerRecognised(long nanos) {
        recognition.add(nanos / NANOS);
    }

    @Override
    public void departed(Duration late) {
        departures.add(Math.max(0, late.toMillis()) / MILLIS);
    }

    /** Drops all values: another store may be opened next. */
    void clear() {
        departures.clear();
        recognition.clear();
    }

    @Override
    public void write(Sources sources, Page page) {
        if (sources.find(Vault.class)
                .filter(vault -> vault.state() == Store.State.OPEN)
                .isEmpty()) {
            clear();
        }
        page.gauge(
                "recognition_seconds",
                "Mean time to examine an unknown packet, over the last hundred or more, rounded down; 0: "
                        + "under 10 µs, or fewer packets.",
                Steps.of(recognition.mean(), TEN_MICROS));
        page.gauge(
                "departure_delay_seconds",
                "Mean delay of sending, over the last hundred packets or more, rounded down; 0: under 1 s, or "
                        + "fewer packets.",
                Steps.of(departures.mean(), 1));
    }
}
