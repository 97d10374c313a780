package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.Network;
import org.partyline.api.cover.Timing;

/**
 * Decides when a packet may leave: after an exponential delay, not more than so many a minute, and with cover traffic only at
 * the points of its process. Used by the sender's thread only.
 */
final class Departures {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    private final Core core;
    private final Timing timing;
    private final Map<Integer, Timing.RateLimit> limits = new HashMap<>();
    /** Of personas with cover traffic; asked by whoever recalls a message, too. */
    private final Map<Integer, Boolean> points = new ConcurrentHashMap<>();

    private int perMinute;
    private int burst;

    Departures(Core core, Timing timing) {
        this.core = core;
        this.timing = timing;
    }

    /** A packet has to wait. */
    static final class Later extends Sealer.Waits {
        private static final long serialVersionUID = 1L;

        private final transient Instant until;

        Later(String reason, Instant until) {
            super(reason);
            this.until = until;
        }

        /** When to look again. */
        Instant until() {
            return until;
        }
    }

    static String clock(Instant time) {
        return CLOCK.format(time);
    }

    /** The delay of a packet that is ready now; none where the network is a play one and nothing is configured. */
    Duration delay(Network network) {
        Duration mean = core.settings.get().jitter(network);
        return mean.isZero() ? Duration.ZERO : timing.jitter(mean, core.random);
    }

    /** Opens a point of a persona's cover traffic: one packet may leave. */
    void openPoint(int persona) {
        points.put(persona, true);
    }

    /** Whether the point that was opened was not used; it is closed by this. */
    boolean closePoint(int persona) {
        return points.put(persona, false) == Boolean.TRUE;
    }

    /** Whether a persona's packets leave at points only. */
    boolean isCovered(int persona) {
        return points.containsKey(persona);
    }

    /** A persona's packets leave at points from now on, or do not. */
    void cover(int persona, boolean running) {
        if (running) {
            points.putIfAbsent(persona, false);
        } else {
            points.remove(persona);
        }
    }

    /**
     * Lets one packet leave now.
     *
     * @param ready when its own delay is over
     * @throws Later says until when it waits, and for what
     */
    void take(int persona, Network network, Instant ready) throws Later {
        Instant now = core.now();
        Boolean point = points.get(persona);
        if (point != null) {
            if (!point) {
                throw new Later("it leaves at a point of the cover traffic (partyline:decoy-status)", now);
            }
            points.put(persona, false);
            return;
        }
        if (now.isBefore(ready)) {
            throw new Later("it leaves at " + clock(ready) + ": a random delay", ready);
        }
        Settings settings = core.settings.get();
        if (settings.perMinute(network) == 0) {
            return;
        }
        Timing.RateLimit limit = limit(persona, settings.perMinute(network), settings.burst());
        Instant earliest = limit.earliest(now);
        if (now.isBefore(earliest)) {
            throw new Later(
                    "it leaves at " + clock(earliest) + ": at most " + settings.perMinute(network) + " a minute",
                    earliest);
        }
        limit.take(now);
    }

    private Timing.RateLimit limit(int persona, int newPerMinute, int newBurst) {
        if (newPerMinute != perMinute || newBurst != burst) {
            limits.clear();
            perMinute = newPerMinute;
            burst = newBurst;
        }
        return limits.computeIfAbsent(persona, id -> timing.newRateLimit(newPerMinute, newBurst));
    }
}
