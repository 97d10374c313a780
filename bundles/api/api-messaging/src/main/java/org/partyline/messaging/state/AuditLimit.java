package org.partyline.messaging.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Writes at most one audit entry per minute for each event, and counts the others: a flood of events neither fills the
 * disk nor hides other events.
 */
public final class AuditLimit {
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final BiConsumer<String, String> log;
    private final Map<String, Line> lines = new TreeMap<>();

    /** The last entry of one event, and the number of events since. */
    private static final class Line {
        Instant written = Instant.MIN;
        long left;
        String detail = "";
    }

    /** @param log receives an event and its detail */
    AuditLimit(BiConsumer<String, String> log) {
        this.log = log;
    }

    /** Logs an event, or counts it. */
    synchronized void record(String event, String detail, Instant now) {
        Line line = lines.computeIfAbsent(event, name -> new Line());
        line.detail = detail;
        if (line.written.isAfter(now.minus(PAUSE))) {
            line.left++;
            return;
        }
        write(event, line, now);
    }

    /** Logs the numbers of events that were left out a minute ago. Call it from time to time. */
    public synchronized void flush(Instant now) {
        lines.forEach((event, line) -> {
            if (line.left > 0 && !line.written.isAfter(now.minus(PAUSE))) {
                line.left--;
                write(event, line, now);
            }
        });
    }

    private void write(String event, Line line, Instant now) {
        String more = line.left == 0 ? "" : " (and " + line.left + " more events of this kind before it)";
        line.left = 0;
        line.written = now;
        log.accept(event, line.detail + more);
    }
}
