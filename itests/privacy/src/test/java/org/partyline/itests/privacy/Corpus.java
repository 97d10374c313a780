package org.partyline.itests.privacy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.transport.Transport;
import org.partyline.cover.PoissonTiming;
import org.partyline.itests.messaging.Station;
import org.partyline.transportembedded.PlayChain;

/**
 * The packets of two servers that talk to each other, to channels and to people who do not answer, all under cover
 * traffic, over an embedded node with real transactions. Half of them are decoys.
 */
final class Corpus {
    /** The number of messages, handshakes and so on, and of decoys. */
    static final int EACH = Integer.getInteger("privacy.each", 10_000);

    private static final Duration MEAN = Duration.ofMinutes(20);
    private static final Duration TTL = Duration.ofHours(12);
    /** One block for about ten transactions. */
    private static final Duration BLOCKS = Duration.ofMinutes(100);

    private static final Draws<Corpus> DRAWS = new Draws<>("", (name, home) -> {
        Corpus corpus = new Corpus(name);
        corpus.fill(home);
        return corpus;
    });

    private final List<Sent> real = new ArrayList<>();
    private final List<Sent> decoys = new ArrayList<>();
    private final List<List<Sent>> inOrder = List.of(new ArrayList<>(), new ArrayList<>());
    private final List<byte[]> out = new ArrayList<>();

    private final String name;

    private Corpus(String name) {
        this.name = name;
    }

    /** Returns the corpus that all tests of a run share. */
    static Corpus get() throws Exception {
        return DRAWS.first();
    }

    /** Returns the corpus, and others with other draws. */
    static Draws<Corpus> draws() {
        return DRAWS;
    }

    /** Returns packets that are not decoys. */
    List<Sent> real() {
        return real;
    }

    List<Sent> real(Station.Kind kind) {
        return real.stream().filter(sent -> sent.kind() == kind).toList();
    }

    List<Sent> decoys() {
        return decoys;
    }

    /** Returns everything that a server sent, in order. @param server 0 or 1 */
    List<Sent> inOrder(int server) {
        return inOrder.get(server);
    }

    /** A server, and its next actions. */
    private static final class Side {
        private final Station station;
        private final SecureRandom random;
        private final String peer;
        private Optional<String> stranger = Optional.empty();
        private int strangers;
        private Instant point;

        Side(Station station, SecureRandom random, String peer) {
            this.station = station;
            this.random = random;
            this.peer = peer;
        }

        /** Sends something now and then, if nothing waits. */
        void perhapsTalk() throws PartylineException {
            if (station.waiting(false) > 0 || random.nextInt(3) > 0) {
                return;
            }
            if (stranger.isPresent()) {
                station.forget(stranger.get());
                stranger = Optional.empty();
            }
            int what = random.nextInt(100);
            if (what < 38) {
                say(false, "lobby", Words.some(random, 15, 46));
            } else if (what < 53) {
                say(false, "square", Words.some(random, 10, 37));
            } else if (what < 68) {
                say(true, peer, Words.some(random, 15, 46));
            } else if (what < 80) {
                say(false, random.nextBoolean() ? "lobby" : "square", Words.some(random, 120, 300));
            } else {
                stranger = Optional.of("stranger" + strangers++);
                station.know(station.nobodysCard(), stranger.get());
                say(true, stranger.get(), "hello");
            }
        }

        private void say(boolean direct, String to, String text) throws PartylineException {
            station.send(Optional.empty(), direct, to, text, TTL, Carrier.CONFIRM);
        }
    }

    private void fill(Path home) throws Exception {
        Clock clock = Station.clock();
        try (PlayChain chain = new PlayChain(home, clock, Seeds.random("chain" + name))) {
            Transport node = Ears.on(chain.transport(), raw -> {
                synchronized (out) {
                    out.add(raw);
                }
            });
            Station one = Station.start(
                    clock,
                    new PoissonTiming(),
                    Seeds.random("one" + name),
                    node,
                    Ears.on(chain.wallet(), "a", (account, paid) -> {}));
            Station two = Station.start(
                    clock,
                    new PoissonTiming(),
                    Seeds.random("two" + name),
                    node,
                    Ears.on(chain.wallet(), "b", (account, paid) -> {}));
            try (one;
                    two) {
                List<Side> sides = List.of(
                        new Side(one, Seeds.random("talk one" + name), "two"),
                        new Side(two, Seeds.random("talk two" + name), "one"));
                one.know(two.card(), "two");
                two.know(one.card(), "one");
                for (Side side : sides) {
                    side.station.join(Optional.empty(), "lobby", Mode.RATCHET);
                    side.station.join(Optional.empty(), "square", Mode.OPEN);
                    side.station.set("rekey-messages", "2");
                    side.station.set("receipts", "cover");
                    side.station.set("fee-minimum", "1sat/vB");
                    side.station.set("key-age", "365d");
                    side.station.cover().start(Optional.empty(), MEAN, 100_000_000);
                    side.point = side.station.nextPoint();
                }
                chain.mine();
                run(clock, chain, sides);
                thinOut(real, Seeds.random("thin out" + name));
                thinOut(decoys, Seeds.random("thin out" + name));
            }
        }
    }

    private void run(Clock clock, PlayChain chain, List<Side> sides) throws Exception {
        Instant nextBlock = clock.instant().plus(BLOCKS);
        while (real.size() < EACH || decoys.size() < EACH) {
            Side next = sides.get(0).point.isBefore(sides.get(1).point) ? sides.get(0) : sides.get(1);
            Instant point = next.point;
            if (nextBlock.isBefore(point)) {
                Station.set(clock, nextBlock);
                chain.mine();
                nextBlock = nextBlock.plus(BLOCKS);
                for (Side side : sides) {
                    side.station.keep();
                }
                continue;
            }
            next.perhapsTalk();
            next.station.round();
            Station.set(clock, point);
            next.station.round();
            next.point = next.station.nextPoint();
            for (byte[] raw : taken()) {
                Station.Leaving leaving = next.station.leaving(raw);
                Sent sent =
                        new Sent(leaving.kind(), leaving.packet(), raw, leaving.fee(), leaving.vsize(), chain.height());
                (sent.kind() == Station.Kind.DECOY ? decoys : real).add(sent);
                inOrder.get(sides.indexOf(next)).add(sent);
            }
        }
    }

    /** Keeps equal numbers of both, over the whole time: coins shrink. */
    private static void thinOut(List<Sent> sent, SecureRandom random) {
        while (sent.size() > EACH) {
            sent.remove(random.nextInt(sent.size()));
        }
    }

    private List<byte[]> taken() {
        synchronized (out) {
            List<byte[]> taken = List.copyOf(out);
            out.clear();
            return taken;
        }
    }
}
