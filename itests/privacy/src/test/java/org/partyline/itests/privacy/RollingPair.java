package org.partyline.itests.privacy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.bitcoinj.core.Transaction;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.cover.PoissonTiming;
import org.partyline.itests.messaging.Station;
import org.partyline.itests.messaging.Station.Kind;
import org.partyline.transportembedded.PlayChain;

/**
 * The packets of two servers on the rolling carrier that talk to each other, to channels and to people who do not
 * answer, all under cover traffic, over an embedded node. Blocks are random, and miners have old versions in some of
 * them. Some messages expire while their packets are still carried, and some conversations are erased. Maintenance runs
 * at each slot, as it otherwise does every half minute.
 */
final class RollingPair {
    private static final Duration MEAN = Duration.ofMinutes(20);
    private static final Duration BLOCKS = Duration.ofMinutes(100);

    private final String name;
    private final int packets;
    private final int each;
    private final List<History> histories = new ArrayList<>();
    private final SecureRandom mining;
    private int overtaken;

    private RollingPair(String name, int packets, int each) {
        this.name = name;
        this.packets = packets;
        this.each = each;
        this.mining = Seeds.random("mining" + name);
    }

    /**
     * Makes two servers talk.
     *
     * @param name distinguishes draws of randomness
     * @param home an empty directory
     * @param packets number of packets in a version (roll-packets)
     * @param each the minimum number of packets that are not decoys, and as many decoys
     */
    static RollingPair talk(String name, Path home, int packets, int each) throws Exception {
        RollingPair pair = new RollingPair(name, packets, each);
        pair.fill(home);
        return pair;
    }

    /** Returns the view of each of the servers. */
    List<History> histories() {
        return histories;
    }

    /** Returns how many blocks contained a version other than the last. */
    int overtaken() {
        return overtaken;
    }

    /** A server, its next actions, and its visible history. */
    private static final class Side {
        private final Station station;
        private final SecureRandom random;
        private final String peer;
        private final List<SignedTransaction> out;
        private final History history = new History();
        private final Map<ByteBuffer, History.Packet> packets = new HashMap<>();
        /** The indexes of the versions of each unconfirmed roll. */
        private final Map<String, List<Integer>> rolls = new HashMap<>();

        private Optional<String> stranger = Optional.empty();
        private int strangers;
        private Instant point;

        Side(Station station, SecureRandom random, String peer, List<SignedTransaction> out) {
            this.station = station;
            this.random = random;
            this.peer = peer;
            this.out = out;
        }

        void begin(int packets) throws PartylineException {
            station.join(Optional.empty(), "lobby", Mode.RATCHET);
            station.join(Optional.empty(), "square", Mode.OPEN);
            station.set("carrier", "rolling");
            station.set("roll-packets", Integer.toString(packets));
            station.set("rekey-messages", "2");
            station.set("receipts", "pay");
            station.set("fee-minimum", "1sat/vB");
            station.set("fee-maximum", "500sat/vB");
            station.set("roll-max-fee", "1000000sat");
            station.set("fee-cap-message", "1000000sat");
            station.set("fee-cap-hour", "10000000sat");
            station.set("fee-cap-day", "100000000sat");
            station.set("key-age", "365d");
            station.cover().start(Optional.empty(), MEAN, 100_000_000);
            point = station.nextPoint();
        }

        /** Sends something now and then, if little waits. */
        void perhapsTalk() throws PartylineException {
            if (station.waiting(false) > random.nextInt(3) || random.nextInt(7) > 1) {
                return;
            }
            if (stranger.isPresent()) {
                station.forget(stranger.get());
                stranger = Optional.empty();
            }
            int what = random.nextInt(100);
            if (what < 35) {
                say(false, "lobby", Words.some(random, 15, 46), life(45));
            } else if (what < 51) {
                say(false, "square", Words.some(random, 10, 37), life(15));
            } else if (what < 66) {
                say(true, peer, Words.some(random, 15, 46), life(45));
            } else if (what < 81) {
                say(
                        false,
                        random.nextBoolean() ? "lobby" : "square",
                        Words.some(random, 60, 200),
                        Duration.ofHours(12));
            } else if (what < 97) {
                stranger = Optional.of("stranger" + strangers++);
                station.know(station.nobodysCard(), stranger.get());
                say(true, stranger.get(), "hello", Duration.ofHours(12));
            } else {
                String channel = random.nextBoolean() ? "lobby" : "square";
                station.leave(Optional.empty(), channel);
                station.join(Optional.empty(), channel, channel.equals("lobby") ? Mode.RATCHET : Mode.OPEN);
            }
        }

        /**
         * Many messages expire while their packets are still carried. @param least minutes: a message of two packets
         * needs 40
         */
        private Duration life(int least) {
            return random.nextBoolean() ? Duration.ofMinutes(least + random.nextInt(120)) : Duration.ofHours(12);
        }

        private void say(boolean direct, String to, String text, Duration ttl) throws PartylineException {
            station.send(Optional.empty(), direct, to, text, ttl, Carrier.ROLLING);
        }

        /** Records what was sent. */
        void look(int tip) throws PartylineException {
            List<SignedTransaction> sent;
            synchronized (out) {
                sent = List.copyOf(out);
                out.clear();
            }
            for (SignedTransaction signed : sent) {
                Transaction transaction = Transaction.read(ByteBuffer.wrap(signed.raw()));
                String coins = History.coins(transaction);
                List<History.Packet> carried = new ArrayList<>();
                for (byte[] payload : History.payloads(transaction)) {
                    History.Packet packet = packets.get(ByteBuffer.wrap(payload));
                    if (packet == null) {
                        Kind kind = station.kind(payload)
                                .orElseThrow(() -> new IllegalStateException("a packet of nobody's"));
                        packet = new History.Packet(kind, payload);
                        packets.put(ByteBuffer.wrap(payload), packet);
                    }
                    carried.add(packet);
                }
                rolls.computeIfAbsent(coins, none -> new ArrayList<>())
                        .add(history.versions().size());
                history.versions().add(new History.Version(signed, tip, coins, carried));
            }
        }

        private SignedTransaction version(int place) {
            return history.versions().get(place).signed();
        }
    }

    private void fill(Path home) throws Exception {
        Clock clock = Station.clock();
        try (PlayChain chain = new PlayChain(home, clock, Seeds.random("chain" + name))) {
            List<Side> sides = new ArrayList<>();
            try {
                for (String side : List.of("one", "two")) {
                    List<SignedTransaction> out = new ArrayList<>();
                    sides.add(new Side(
                            server(clock, chain, side, out),
                            Seeds.random("talk " + side + name),
                            side.equals("one") ? "two" : "one",
                            out));
                }
                sides.get(0).station.know(sides.get(1).station.card(), "two");
                sides.get(1).station.know(sides.get(0).station.card(), "one");
                for (Side side : sides) {
                    side.begin(packets);
                    histories.add(side.history);
                }
                chain.mine();
                run(clock, chain, sides);
            } finally {
                sides.forEach(side -> side.station.close());
            }
        }
    }

    /** @param out receives each transaction that is handed over, once */
    private Station server(Clock clock, PlayChain chain, String side, List<SignedTransaction> out)
            throws PartylineException {
        Map<ByteBuffer, SignedTransaction> signed = new ConcurrentHashMap<>();
        Transport node = Ears.on(chain.transport(), raw -> {
            SignedTransaction first = signed.remove(ByteBuffer.wrap(raw));
            if (first != null) {
                synchronized (out) {
                    out.add(first);
                }
            }
        });
        return Station.start(
                clock,
                new PoissonTiming(),
                Seeds.random(side + name),
                node,
                Ears.on(chain.wallet(), side, (account, paid) -> signed.put(ByteBuffer.wrap(paid.raw()), paid)));
    }

    private void run(Clock clock, PlayChain chain, List<Side> sides) throws Exception {
        Instant nextBlock = clock.instant().plus(BLOCKS);
        while (!isEnough(sides)) {
            Side next = sides.get(0).point.isBefore(sides.get(1).point) ? sides.get(0) : sides.get(1);
            if (nextBlock.isBefore(next.point)) {
                Station.set(clock, nextBlock);
                mine(chain, sides);
                nextBlock = nextBlock.plusMillis(Math.round(-Math.log(1 - mining.nextDouble()) * BLOCKS.toMillis()));
                continue;
            }
            next.perhapsTalk();
            // Not when a block arrives: packets from maintenance would be in the first versions of a roll more often
            // than otherwise.
            next.station.keep();
            next.station.round();
            Station.set(clock, next.point);
            next.station.round();
            next.point = next.station.nextPoint();
            next.look(chain.height());
            until("its version is seen", next.station::isSeen);
        }
    }

    private boolean isEnough(List<Side> sides) {
        long decoys = sides.stream().mapToLong(side -> count(side, true)).sum();
        long real = sides.stream().mapToLong(side -> count(side, false)).sum();
        return decoys >= each && real >= each;
    }

    private static long count(Side side, boolean decoys) {
        return side.packets.values().stream()
                .filter(packet -> (packet.kind() == Kind.DECOY) == decoys)
                .count();
    }

    /** Mines a block with a random version of each roll. */
    private void mine(PlayChain chain, List<Side> sides) throws Exception {
        List<SignedTransaction> versions = new ArrayList<>();
        List<Set<String>> spent = new ArrayList<>();
        for (Side side : sides) {
            spent.add(Set.copyOf(side.rolls.keySet()));
            for (List<Integer> roll : side.rolls.values()) {
                int last = roll.size() - 1;
                int place = mining.nextInt(5) < 2 ? last : Math.max(0, last - 1 - mining.nextInt(4));
                overtaken += place < last ? 1 : 0;
                versions.add(side.version(roll.get(place)));
                side.history
                        .blocks()
                        .add(new History.Block(side.history.versions().size(), roll.get(place)));
            }
            side.rolls.clear();
        }
        if (versions.isEmpty()) {
            chain.mine();
        } else {
            chain.mine(versions);
        }
        for (Side side : sides) {
            until("the block is read", () -> side.station.height() >= chain.height());
            side.station.round();
            side.look(chain.height());
        }
        for (int i = 0; i < sides.size(); i++) {
            // A version that was handed over between the last check and the block belongs to its roll.
            sides.get(i).rolls.keySet().removeAll(spent.get(i));
        }
    }

    /** Readers have separate threads, which are fast: checked more often than other waits. */
    private static void until(String what, Station.Condition condition) throws Exception {
        for (int i = 0; i < 20 && !condition.holds(); i++) {
            LockSupport.parkNanos(200_000);
        }
        Station.await(what, condition);
    }
}
