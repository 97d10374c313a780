package org.partyline.doctor;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** Checks the Java that runs the server: its version, age and heap. */
final class JavaCheck implements HealthCheck {
    /** Karaf still needs the security manager, which Java 24 removed. */
    private static final int NEWEST = 23;

    private static final int OLDEST = 17;
    private static final long MEBI = 1024L * 1024;
    /** A key derivation of the default size needs 64 MiB in addition to the server itself. */
    private static final long LEAST_HEAP = 160 * MEBI;

    /** There is a release with security fixes each quarter. */
    private static final Duration OLD = Duration.ofDays(400);

    private final int version;
    private final Optional<LocalDate> released;
    private final Clock clock;
    private final long heap;

    /**
     * @param version the feature number
     * @param released the release date of this exact version; empty if unknown
     * @param heap the maximum heap in bytes
     */
    JavaCheck(int version, Optional<LocalDate> released, Clock clock, long heap) {
        this.version = version;
        this.released = released;
        this.clock = clock;
        this.heap = heap;
    }

    /** For the Java that runs this. */
    static JavaCheck here(Clock clock) {
        Optional<LocalDate> released;
        try {
            released =
                    Optional.ofNullable(System.getProperty("java.version.date")).map(LocalDate::parse);
        } catch (DateTimeParseException e) {
            released = Optional.empty();
        }
        return new JavaCheck(
                Runtime.version().feature(),
                released,
                clock,
                Runtime.getRuntime().maxMemory());
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public List<Finding> examine() {
        List<Finding> all = new ArrayList<>();
        all.add(
                version < OLDEST || version > NEWEST
                        ? Finding.warning(
                                name(),
                                "Java " + version + " is not tested with this server",
                                "run it with Java " + OLDEST + " to " + NEWEST)
                        : Finding.ok(name(), "Java " + version));
        released.filter(day ->
                        day.atStartOfDay(ZoneOffset.UTC).toInstant().plus(OLD).isBefore(clock.instant()))
                .ifPresent(day -> all.add(Finding.warning(
                        name(),
                        "this Java is from " + day + ": it lacks security fixes released since then",
                        "install the newest release (apt upgrade), and restart the server")));
        // A JVM reports less than its maximum, since a part of it is never in use.
        if (heap < LEAST_HEAP / 16 * 15) {
            all.add(Finding.warning(
                    name(),
                    "the heap is " + heap / MEBI + " MiB at most: key derivations of 64 MiB may wait for memory",
                    "set PARTYLINE_HEAP=" + LEAST_HEAP / MEBI + "m or more before the start"));
        }
        return all;
    }
}
