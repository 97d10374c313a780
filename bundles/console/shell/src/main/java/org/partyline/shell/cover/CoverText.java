package org.partyline.shell.cover;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.partyline.api.engine.Cover.Status;
import org.partyline.api.engine.Fees.FeeStatus;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;

/** Formats cover traffic for the console. */
public final class CoverText {
    /** While no bundle provides any. */
    public static final String AWAY = "none: its service is not running (see the warnings below)";

    private CoverText() {}

    /** Returns whether it was started and not stopped. */
    public static boolean wanted(Status status) {
        return status.running() || !status.problem().isEmpty();
    }

    /** Returns the state: {@code on}, {@code waits}, {@code off}. */
    static Table.Cell state(Status status) {
        if (status.running()) {
            return new Table.Cell("on", Style.GOOD);
        }
        return status.problem().isEmpty() ? new Table.Cell("off", Style.DIM) : new Table.Cell("waits", Style.WARN);
    }

    /** Returns the pace, such as {@code a packet every 10 m on average}. */
    public static String pace(Status status) {
        return "a packet every " + Units.duration(status.mean()) + " on average";
    }

    /** Returns when the next packet leaves, relative to now. */
    static String next(Status status, Instant now) {
        return status.next()
                .map(next -> next.isAfter(now) ? "in " + Units.age(Duration.between(now, next)) : "now")
                .orElse("-");
    }

    /** Returns one line for an overview. */
    public static String line(List<Status> all) {
        List<String> plans = all.stream()
                .filter(CoverText::wanted)
                .map(status -> state(status).text() + " for " + Sanitizer.line(status.persona()) + ": " + pace(status)
                        + ", " + Units.sat(status.spent()) + " of " + Units.sat(status.budget()) + " a day spent")
                .toList();
        return plans.isEmpty() ? "off" : String.join("; ", plans);
    }

    /**
     * Returns the cost of a whole day.
     *
     * @param fees the nodes' fees; empty if unknown
     */
    static OptionalLong perDay(Duration mean, List<FeeStatus> fees) {
        return fees.stream()
                .filter(fee -> fee.refusal().isEmpty())
                .mapToLong(fee -> fee.packetFee() * Duration.ofDays(1).dividedBy(mean))
                .max();
    }
}
