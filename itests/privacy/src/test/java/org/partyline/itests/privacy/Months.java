package org.partyline.itests.privacy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.cover.Timing;
import org.partyline.itests.messaging.Station;

/**
 * Months of a whole server under cover traffic, on a test clock, in seconds; the network is simulated, as only times
 * matter.
 */
final class Months {
    /** The mean interval between two slots. */
    static final Duration MEAN = Duration.ofMinutes(30);

    private static final int POINTS = Integer.getInteger("privacy.points", 6000);
    private static final Duration BLOCKS = Duration.ofHours(3);
    /** The minimum time between two versions of a rolling transaction (roll-spacing). */
    private static final Duration SPACING = Duration.ofSeconds(30);

    private static final String TEXT =
            "what people say to each other when they think that nobody is looking, again and again ";

    private final Carrier carrier;
    private final int packets;
    private final long seed;

    /**
     * @param packets maximum number of packets in a version of a rolling transaction @param seed of all random events
     */
    Months(Carrier carrier, int packets, long seed) {
        this.carrier = carrier;
        this.packets = packets;
        this.seed = seed;
    }

    /** Returns the number of packets to wait for. */
    static int points() {
        return POINTS;
    }

    /** Runs with the real timing. */
    Run pass(boolean talks) throws Exception {
        return pass(new Seeded(Seeds.random("points " + talks, seed)), talks, new AtomicInteger());
    }

    /** Runs with a timing that depends on waiting packets. */
    Run passImpatiently() throws Exception {
        AtomicInteger waits = new AtomicInteger();
        return pass(new Impatient(Seeds.random("impatient", seed), () -> waits.get() > 0), true, waits);
    }

    /** The externally visible events, and the packets that waited. */
    private static final class Seen {
        private final List<Double> sent = new ArrayList<>();
        private final List<Integer> waiting = new ArrayList<>();
        private final List<Boolean> says = new ArrayList<>();
        private final List<Double> written = new ArrayList<>();

        /** @param waits after the packets that have left since @param waited before */
        void note(int waits, boolean waited) {
            while (waiting.size() < sent.size()) {
                waiting.add(waits);
                says.add(waited);
            }
        }

        Run run() {
            boolean[] said = new boolean[says.size()];
            for (int i = 0; i < said.length; i++) {
                said[i] = says.get(i);
            }
            return new Run(
                    sent.stream().mapToDouble(Double::doubleValue).toArray(),
                    waiting.stream().mapToInt(Integer::intValue).toArray(),
                    said,
                    written.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    private Run pass(Timing timing, boolean talks, AtomicInteger waits) throws Exception {
        Clock clock = Station.clock();
        Instant start = clock.instant();
        Seen seen = new Seen();
        SecureRandom random = Seeds.random("engine " + talks, seed);
        SecureRandom life = Seeds.random("life", seed);
        SecureRandom mining = Seeds.random("mining", seed);
        try (Station station = Station.onPaper(clock, timing, random, () -> seen.sent.add(seconds(start, clock)))) {
            set(station);
            station.join(Optional.empty(), "lobby", Mode.RATCHET);
            station.cover().start(Optional.empty(), MEAN, 100_000_000);
            Instant point = station.nextPoint();
            Instant block = start.plus(BLOCKS);
            Instant end = start;
            Instant message = talks ? start : Instant.MAX;
            while (seen.sent.size() < POINTS) {
                boolean waited = station.waiting(true) > 0;
                if (block.isBefore(point) && block.isBefore(message)) {
                    Station.set(clock, block);
                    mine(station, mining);
                    settle(station, seen);
                    block = block.plus(BLOCKS);
                } else if (message.isBefore(point)) {
                    Station.set(clock, message);
                    if (message.isAfter(end)) {
                        // A conversation of about nine hours, after six hours of silence.
                        message = message.plus(exponential(life, Duration.ofHours(6)));
                        end = message.plus(exponential(life, Duration.ofHours(9)));
                    } else {
                        int length = life.nextInt(8) == 0 ? 100 + life.nextInt(200) : 1 + life.nextInt(45);
                        station.send(
                                Optional.empty(),
                                false,
                                "lobby",
                                TEXT.repeat(4).substring(0, length),
                                Duration.ofHours(48),
                                carrier);
                        settle(station, seen);
                        seen.written.add(seconds(start, clock));
                        message = message.plus(exponential(life, Duration.ofMinutes(45)));
                    }
                } else {
                    Station.set(clock, point);
                    boolean near = isNear(seen.sent, seconds(start, clock));
                    settle(station, seen);
                    assertTrue(near || seen.sent.size() > seen.waiting.size(), "a packet leaves at each point");
                    point = station.nextPoint();
                }
                waits.set(station.waiting(true));
                seen.note(waits.get(), waited);
            }
            return seen.run();
        }
    }

    /**
     * Completes everything that can happen at this time: nodes report packets that leave, and that may let others
     * leave.
     */
    private void settle(Station station, Seen seen) throws Exception {
        int before;
        do {
            before = seen.sent.size();
            station.round();
            if (carrier.equals(Carrier.ROLLING)) {
                Station.await("its version is seen", station::isSeen);
            }
            station.read();
        } while (seen.sent.size() > before);
    }

    private void set(Station station) throws PartylineException {
        if (carrier.equals(Carrier.ROLLING)) {
            station.set("carrier", "rolling");
            station.set("roll-packets", Integer.toString(packets));
            station.set("fee-maximum", "500sat/vB");
            station.set("roll-max-fee", "1000000sat");
            station.set("fee-cap-message", "1000000sat");
            station.set("fee-cap-hour", "10000000sat");
            station.set("fee-cap-day", "100000000sat");
        }
    }

    /** On the rolling carrier, every second miner has an older version, so that packets are carried again. */
    private void mine(Station station, SecureRandom mining) throws Exception {
        boolean older = carrier.equals(Carrier.ROLLING) && mining.nextBoolean();
        int height = station.height();
        station.mine(older ? 1 + mining.nextInt(4) : 0);
        Station.await("the block is read", () -> station.height() > height);
        station.read();
        station.round();
        station.keep();
    }

    /** A slot that is too close to the last version stays unused. */
    private boolean isNear(List<Double> sent, double now) {
        return carrier.equals(Carrier.ROLLING)
                && !sent.isEmpty()
                && now - sent.get(sent.size() - 1) < SPACING.toMillis() / 1000.0;
    }

    private static double seconds(Instant start, Clock clock) {
        return Duration.between(start, clock.instant()).toMillis() / 1000.0;
    }

    private static Duration exponential(SecureRandom random, Duration mean) {
        return Duration.ofMillis(Math.round(-Math.log(1 - random.nextDouble()) * mean.toMillis()));
    }
}
