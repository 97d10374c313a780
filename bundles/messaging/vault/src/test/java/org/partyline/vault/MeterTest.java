package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.metrics.StageMeter;
import org.partyline.messaging.state.Meter;

/** Stages report to any watcher; without one there is no cost, and a faulty one stops nothing. */
class MeterTest {
    private final Meter meter = new Meter();
    private final List<String> told = new ArrayList<>();
    private final StageMeter listener = new StageMeter() {
        @Override
        public void strangerRecognised(long nanos) {
            assertTrue(nanos >= 0);
            told.add("stranger");
        }

        @Override
        public void departed(Duration late) {
            told.add("departed " + late);
        }
    };

    @Test
    void whileNobodyWatchesTheClockIsNotLookedAt() {
        assertEquals(0, meter.begin());
        meter.strangerRecognised(0);
        meter.departed(Duration.ZERO);
    }

    @Test
    void whoWatchesIsToldUntilItGoes() {
        meter.listen(listener);
        meter.strangerRecognised(meter.begin());
        meter.departed(Duration.ofSeconds(2));
        meter.unlisten(listener);
        meter.departed(Duration.ofSeconds(3));
        assertEquals(List.of("stranger", "departed PT2S"), told);
    }

    @Test
    void whatBeganBeforeAnybodyWatchedIsNotTold() {
        long began = meter.begin();
        meter.listen(listener);
        meter.strangerRecognised(began);
        assertEquals(List.of(), told);
    }

    @Test
    void oneThatGoesLateDoesNotTakeItsSuccessorAway() {
        StageMeter former = new StageMeter() {
            @Override
            public void strangerRecognised(long nanos) {}

            @Override
            public void departed(Duration late) {}
        };
        meter.listen(former);
        meter.listen(listener);
        meter.unlisten(former);
        meter.departed(Duration.ZERO);
        assertEquals(List.of("departed PT0S"), told);
    }

    @Test
    void whoFailsToTakeANumberStopsNoPacket() {
        meter.listen(new StageMeter() {
            @Override
            public void strangerRecognised(long nanos) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void departed(Duration late) {
                throw new NoClassDefFoundError("gone");
            }
        });
        meter.strangerRecognised(meter.begin());
        meter.departed(Duration.ZERO);
    }
}
