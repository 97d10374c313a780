package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.messaging.state.Bus;
import org.partyline.testkit.messaging.StageBench;

/** The spending limits, whatever nodes report and however high fees rise: never more than the caps. */
class FeeCapsTest {
    private final FeesBench bench = new FeesBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static void assertRefused(Optional<String> refusal, String cap) {
        assertTrue(refusal.orElse("").contains("would exceed " + cap), refusal::toString);
    }

    @Test
    void aLieOf10000SatoshiForAByteStopsAtTheCaps() throws Exception {
        bench.caps(5_000, 50_000, 200_000);
        // 50 sat/vB is fee-maximum.
        assertRefused(bench.spend(9_300), "fee-cap-message=5000sat");
        bench.caps(20_000, 50_000, 200_000);
        for (int i = 0; i < 5; i++) {
            assertEquals(Optional.empty(), bench.spend(9_300));
        }
        assertRefused(bench.spend(9_300), "fee-cap-hour=50000sat");
        assertEquals(46_500, bench.fees.limits().hourSpent());
        // An hour later.
        bench.clock.pass(Duration.ofMinutes(60));
        assertEquals(Optional.empty(), bench.spend(9_300));
    }

    @Test
    void whatTheSameMessageHasPaidCountsOnItsCap() throws Exception {
        bench.caps(20_000, 50_000, 200_000);
        assertEquals(Optional.empty(), refuse(9_300, 9_300));
        assertRefused(refuse(9_300, 10_701), "fee-cap-message=20000sat");
    }

    private Optional<String> refuse(long fee, long already) throws Exception {
        return bench.stage.guard.transact(tx -> bench.spending.refuse(tx, fee, already, StageBench.ALICE.id()));
    }

    @Test
    void theDaysCapHoldsWhereNoHoursIsReached() throws Exception {
        bench.caps(20_000, 50_000, 100);
        Instant start = bench.clock.instant();
        int paid = 0;
        for (int i = 0; i < 12; i++) {
            Optional<String> refusal = bench.spend(21);
            paid += refusal.isEmpty() ? 1 : 0;
            if (i >= 4) {
                assertRefused(refusal, "fee-cap-day=100sat");
            }
            bench.clock.pass(Duration.ofHours(2).minusMinutes(5));
        }
        assertEquals(4, paid);
        assertEquals(84, bench.fees.limits().daySpent());
        bench.clock.set(start.plus(Duration.ofHours(24)).minusSeconds(1));
        assertRefused(bench.spend(21), "fee-cap-day=100sat");
        bench.clock.pass(Duration.ofSeconds(2));
        assertEquals(Optional.empty(), bench.spend(21), "there is room for one more");
        assertRefused(bench.spend(21), "fee-cap-day=100sat");
    }

    @Test
    void aCapThatIsSetIsASettingAndLetsWhatWaitsTryAgain() throws Exception {
        AtomicInteger told = new AtomicInteger();
        bench.stage.bus.on(Bus.Retry.class, event -> told.incrementAndGet());
        bench.fees.limit(Fees.Cap.MESSAGE, 1);
        bench.fees.limit(Fees.Cap.HOUR, 5_000);
        bench.fees.limit(Fees.Cap.DAY, 100_000_000);
        assertEquals(
                Map.of("fee-cap-message", "1sat", "fee-cap-hour", "5000sat", "fee-cap-day", "100000000sat"),
                bench.stage.settings.changed());
        assertEquals(3, told.get());
        assertThrows(NoSuchThingException.class, () -> bench.fees.limit(Fees.Cap.DAY, 0));
        assertThrows(NoSuchThingException.class, () -> bench.fees.limit(Fees.Cap.DAY, 100_000_001));
        assertEquals(3, told.get());
    }
}
