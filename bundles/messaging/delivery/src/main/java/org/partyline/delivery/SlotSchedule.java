package org.partyline.delivery;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.carrier.LaterException;
import org.partyline.api.schedule.Pace;
import org.partyline.api.schedule.SendSchedule;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.partyline.messaging.state.CoverSlots;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a packet may leave: after an exponential delay, within the rate limit, and with cover traffic only at
 * the points of its process. Used by the sender's thread only.
 */
public final class SlotSchedule {
    /** The longest delay, as a multiple of its mean ({@link Pace#delay}). */
    private static final int LONGEST_DELAY = 20;

    private static final Logger LOG = LoggerFactory.getLogger(SlotSchedule.class);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    private final Clock clock;
    private final SecureRandom random;
    private final OperatorSettings settings;
    private final Pace pace;
    private final Collection<SendSchedule> schedules;
    private final Map<Integer, Pace.RateLimit> limits = new HashMap<>();
    /** By persona with cover traffic; also read when a message is recalled. */
    private final Map<Integer, Point> points = new ConcurrentHashMap<>();

    /** How a point was used. */
    public enum Use {
        /** Nothing may leave: no point is due, or nothing more may leave at this one. */
        CLOSED,
        /** One packet may leave. */
        OPEN,
        /** One packet has used it. */
        TAKEN
    }

    /**
     * A point of the process.
     *
     * @param network of the decoys; null if none is ready
     */
    /** @param network of the decoys; null if none is ready */
    private record Point(@Nullable Network network, Use use) {
        Point as(Use next) {
            return new Point(network, next);
        }

        boolean isOn(Network other) {
            return network == null || network == other;
        }
    }

    /** For earlier stages, which read who is covered. */
    private final CoverSlots slots;

    private int perMinute;
    private int burst;

    /** @param schedules of other bundles; a live collection */
    public SlotSchedule(
            Clock clock,
            SecureRandom random,
            OperatorSettings settings,
            Pace pace,
            Collection<SendSchedule> schedules,
            CoverSlots slots) {
        this.slots = slots;
        this.schedules = schedules;
        this.clock = clock;
        this.random = random;
        this.settings = settings;
        this.pace = pace;
    }

    /** A packet must wait. */
    public static final class Later extends LaterException {
        private static final long serialVersionUID = 1L;

        public Later(String reason, Instant until) {
            super(reason, until);
        }
    }

    public static String clock(Instant time) {
        return CLOCK.format(time);
    }

    /** The delay of a packet that is ready now; none on a test network without configuration. */
    public Duration delay(Network network) {
        Duration mean = settings.get().sending().jitter(network);
        return mean.isZero() ? Duration.ZERO : pace.delay(mean, random);
    }

    /** Whether a delay that is drawn now cannot end as late as this: the clock was ahead when it was drawn. */
    boolean isTooLate(Network network, Instant end) {
        Duration mean = settings.get().sending().jitter(network);
        return !mean.isZero() && end.isAfter(clock.instant().plus(mean.multipliedBy(LONGEST_DELAY)));
    }

    /** Opens a point of a persona's cover traffic: one packet may leave. */
    public void openPoint(int persona) {
        points.computeIfPresent(persona, (id, point) -> point.as(Use.OPEN));
    }

    /** Ends a point, and reports how it was used. */
    public Use closePoint(int persona) {
        Point before = points.get(persona);
        points.computeIfPresent(persona, (id, point) -> point.as(Use.CLOSED));
        return before == null ? Use.CLOSED : before.use();
    }

    /** Called when the packet that used a point did not leave: another one may. */
    public void giveBack(int persona) {
        points.computeIfPresent(persona, (id, point) -> point.use() == Use.TAKEN ? point.as(Use.OPEN) : point);
    }

    /** Called when nothing more may leave at this point. */
    public void spoilPoint(int persona) {
        points.computeIfPresent(persona, (id, point) -> point.as(Use.CLOSED));
    }

    /** Whether a persona's packets leave only at points. */
    public boolean isCovered(int persona) {
        return points.containsKey(persona);
    }

    /** Whether a persona's packets on a network leave only at points; decoys are on one network only. */
    public boolean isCovered(int persona, Network network) {
        Point point = points.get(persona);
        return point != null && point.isOn(network);
    }

    /** Whether a packet would have to wait for the next point. */
    boolean awaitsPoint(int persona, Network network) {
        Point point = points.get(persona);
        return point != null && point.isOn(network) && point.use() != Use.OPEN;
    }

    /**
     * Makes a persona's packets leave at points from now on.
     *
     * @param network of the decoys; empty: no node is ready, and nothing leaves
     */
    public void cover(int persona, Optional<Network> network) {
        points.compute(
                persona, (id, point) -> new Point(network.orElse(null), point == null ? Use.CLOSED : point.use()));
        slots.cover(persona, network);
    }

    /** The packets of all other personas leave after their random delay. */
    public void uncoverAllBut(Set<Integer> personas) {
        points.keySet().retainAll(personas);
        slots.uncoverAllBut(personas);
    }

    /** @throws Later if no point is open */
    public void awaitPoint(int persona, Network network) throws Later {
        if (awaitsPoint(persona, network)) {
            throw new Later("it leaves at a point of the cover traffic (partyline:decoy-status)", clock.instant());
        }
    }

    /**
     * Lets one packet leave now.
     *
     * @param ready the end of its own delay
     * @return whether it uses a point of cover traffic
     * @throws Later says until when it waits, and for what
     */
    public boolean take(int persona, Network network, Instant ready) throws Later {
        Instant now = clock.instant();
        Point point = points.get(persona);
        if (point != null && point.isOn(network)) {
            awaitPoint(persona, network);
            points.put(persona, point.as(Use.TAKEN));
            return true;
        }
        if (now.isBefore(ready)) {
            throw new Later("it leaves at " + clock(ready) + ": a random delay", ready);
        }
        awaitOthers(network, now);
        Settings settings = this.settings.get();
        if (settings.sending().perMinute(network) == 0) {
            return false;
        }
        Pace.RateLimit limit = limit(
                persona,
                settings.sending().perMinute(network),
                settings.sending().burst());
        Instant earliest = limit.earliest(now);
        if (now.isBefore(earliest)) {
            throw new Later(
                    "it leaves at " + clock(earliest) + ": at most "
                            + settings.sending().perMinute(network) + " a minute",
                    earliest);
        }
        limit.take(now);
        return false;
    }

    /** Applies other bundles' schedules: waits until the latest of them allows the packet. */
    private void awaitOthers(Network network, Instant now) throws Later {
        SendSchedule.Hold latest = null;
        for (SendSchedule schedule : schedules) {
            try {
                Optional<SendSchedule.Hold> hold = schedule.hold(new SendSchedule.Departure(network, now));
                if (hold.isPresent()
                        && hold.get().until().isAfter(now)
                        && (latest == null || hold.get().until().isAfter(latest.until()))) {
                    latest = hold.get();
                }
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("a schedule failed and is ignored: {}", Faults.reason(e));
            }
        }
        if (latest != null) {
            throw new Later("it leaves at " + clock(latest.until()) + ": " + latest.reason(), latest.until());
        }
    }

    private Pace.RateLimit limit(int persona, int newPerMinute, int newBurst) {
        if (newPerMinute != perMinute || newBurst != burst) {
            limits.clear();
            perMinute = newPerMinute;
            burst = newBurst;
        }
        return limits.computeIfAbsent(persona, id -> pace.newRateLimit(newPerMinute, newBurst));
    }
}
