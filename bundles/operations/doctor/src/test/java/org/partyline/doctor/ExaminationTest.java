package org.partyline.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.health.Finding.Verdict;
import org.partyline.api.health.HealthCheck;
import org.partyline.testkit.Logged;

/** A failing check hides none of the others' findings. */
class ExaminationTest {
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private record Check(String name, Callable<List<Finding>> look) implements HealthCheck {
        @Override
        public List<Finding> examine() throws PartylineException {
            try {
                return look.call();
            } catch (PartylineException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private static Check fine(String name) {
        return new Check(name, () -> List.of(Finding.ok(name, "fine")));
    }

    @Test
    void whatCannotBeLookedAtIsAWarningAndTheRestIsShown() throws Exception {
        Examination examination = new Examination(
                CLOCK,
                List.of(
                        new Check("away", () -> {
                            throw new PartylineException("the nodes service is not running");
                        }),
                        new Check("broken", () -> {
                            throw new IllegalStateException("a secret");
                        }),
                        fine("last")));
        List<Finding> all = new ArrayList<>();
        String log = Logged.during(() -> all.addAll(examination.examine()));
        assertEquals(
                List.of("away", "broken", "last"),
                all.stream().map(Finding::check).toList());
        assertEquals(
                List.of(Verdict.WARNING, Verdict.WARNING, Verdict.OK),
                all.stream().map(Finding::verdict).toList());
        assertEquals(
                "this cannot be checked: the nodes service is not running",
                all.get(0).what());
        assertFalse(all.get(1).what().contains("secret"));
        assertTrue(log.contains("the check broken failed: IllegalStateException at doctor.ExaminationTest."), log);
        assertFalse(log.contains("secret"), log);
    }

    @Test
    void checksOfOtherBundlesComeAfterOursByNameAndGoAgain() {
        Examination examination = new Examination(CLOCK, List.of(fine("ours")));
        Check zebra = fine("zebra");
        examination.addCheck(zebra);
        examination.addCheck(fine("ape"));
        assertEquals(
                List.of("ours", "ape", "zebra"),
                examination.examine().stream().map(Finding::check).toList());
        examination.removeCheck(zebra);
        assertEquals(
                List.of("ours", "ape"),
                examination.examine().stream().map(Finding::check).toList());
    }

    @Test
    void whatTheNewestLookFoundIsRemembered() {
        Examination examination = new Examination(
                CLOCK,
                List.of(
                        fine("one"),
                        new Check(
                                "two",
                                () -> List.of(
                                        Finding.warning("two", "old", "renew it"),
                                        Finding.unsafe("two", "open", "close it"))),
                        new Check("three", () -> List.of(Finding.warning("three", "old", "renew it")))));
        assertEquals(Optional.empty(), examination.newest());
        examination.examine();
        assertEquals(Optional.of(new Doctor.Look(Instant.EPOCH, 1, 2)), examination.newest());
    }
}
