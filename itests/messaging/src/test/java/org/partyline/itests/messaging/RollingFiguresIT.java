package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.State;
import org.partyline.cover.PoissonTiming;
import org.partyline.vault.MachineStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what readers of a rolling conversation see who are one, two and three hops from its sender's node, present
 * or absent. Writes the table of docs/carriers.md to {@code target/rolling-figures.md}; asserts that nobody misses
 * anything unnoticed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RollingFiguresIT {
    private static final Logger LOG = LoggerFactory.getLogger(RollingFiguresIT.class);
    private static final int HOPS = 3;
    /** Before, during and after the readers' absence. */
    private static final int PART = 6;

    private static final Duration BETWEEN_BLOCKS = Duration.ofMinutes(10);
    private static final Duration SPARE = Duration.ofSeconds(30);
    private static final Duration MOST_WAITING = Duration.ofMinutes(30);
    /** After this time, a gap is certain. */
    private static final Duration PATIENCE = Duration.ofHours(26);

    private final List<String> lines = new ArrayList<>();
    private CoreNetwork network;
    private Duration sinceBlock = Duration.ZERO;

    /** A server, and the content of its screen. */
    private final class Member {
        final String name;
        final MachineStore store = new MachineStore();
        final Map<String, Object> configuration = new HashMap<>();
        final List<TalkNetwork.Seat> seats = new ArrayList<>();
        TestServer server;

        Member(String name, int place, Duration spacing) throws Exception {
            this.name = name;
            network.settle(name, place);
            // So that gaps are still shown at the end.
            configuration.put("default-ttl", "7d");
            configuration.put("roll-spacing", spacing.toSeconds() + "s");
            open();
            server.vault().create(TestServer.STORE_PASSPHRASE);
            server.personas().rename("me", name);
            server.join("talk", Mode.RATCHET);
        }

        private void open() throws Exception {
            TalkNetwork.Seat seat = network.seat(name, Integer.MAX_VALUE);
            seats.add(seat);
            server = new TestServer(
                    store,
                    network.clock(),
                    configuration,
                    new PoissonTiming(),
                    new SecureRandom(),
                    List.of(seat.transport()),
                    List.of(seat.wallet()));
        }

        void leave() {
            server.close();
            seats.get(seats.size() - 1).close();
        }

        void comeBack() throws Exception {
            store.lock();
            open();
            server.vault().unlock(TestServer.STORE_PASSPHRASE);
        }

        List<String> shown() throws Exception {
            return server.received();
        }

        int missing() throws Exception {
            return server.messages().messages(Messages.Query.ALL).stream()
                    .map(Message::gap)
                    .flatMap(Optional::stream)
                    .mapToInt(Messages.Gap::most)
                    .sum();
        }
    }

    @BeforeAll
    void startALineOfNodes() throws Exception {
        network = new CoreNetwork(HOPS + 1);
    }

    @AfterAll
    void writeTheTable() throws Exception {
        if (network != null) {
            network.close();
            Files.write(Files.createDirectories(Path.of("target")).resolve("rolling-figures.md"), lines);
        }
    }

    static Stream<Arguments> circumstances() {
        return Stream.of(Duration.ZERO, Duration.ofHours(1), Duration.ofDays(1))
                .flatMap(absence ->
                        Stream.of(10, 30).map(spacing -> Arguments.of(absence, Duration.ofSeconds(spacing))));
    }

    @ParameterizedTest
    @MethodSource("circumstances")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void nobodyMissesAnythingUnnoticed(Duration absence, Duration spacing) throws Exception {
        Member sender = new Member("sender", 0, spacing);
        List<Member> readers = new ArrayList<>();
        for (int hops = 1; hops <= HOPS; hops++) {
            readers.add(new Member("reader" + hops, hops, spacing));
        }
        List<Member> all = new ArrayList<>(readers);
        all.add(0, sender);
        try {
            Map<String, Long> said = new HashMap<>();
            List<String> texts = new ArrayList<>();
            say(sender, texts, said, spacing);
            if (absence.isZero()) {
                say(sender, texts, said, spacing);
            } else {
                readers.forEach(Member::leave);
                Instant back = network.clock().instant().plus(absence);
                say(sender, texts, said, spacing);
                wait(List.of(sender), Duration.between(network.clock().instant(), back));
                for (Member reader : readers) {
                    reader.comeBack();
                }
            }
            say(sender, texts, said, spacing);
            wait(all, PATIENCE);
            network.deliver();
            for (Member member : all) {
                member.server.read();
            }
            long paid = network.paid(sender.seats);
            List<Count> counts = new ArrayList<>();
            for (Member reader : readers) {
                counts.add(count(sender, reader, texts, said));
            }
            add(line(absence, spacing, texts.size(), counts, paid));
        } finally {
            all.forEach(Member::leave);
        }
    }

    private void add(String line) {
        lines.add(line);
        LOG.info("{}", line);
    }

    /**
     * @param missing the maximum that gaps count @param replaced how many of those not shown the sender sees as
     *     replaced
     */
    private record Count(int shown, int missing, int replaced) {}

    private static Count count(Member sender, Member reader, List<String> texts, Map<String, Long> said)
            throws Exception {
        List<String> shown = reader.shown();
        Set<String> once = new LinkedHashSet<>(shown);
        assertEquals(once.size(), shown.size(), "shown twice: " + shown);
        assertEquals(texts.stream().filter(once::contains).toList(), shown, "in order");
        int unknown = 0;
        int replaced = 0;
        for (String text : texts) {
            if (!once.contains(text)) {
                State state = sender.server.state(said.get(text));
                assertTrue(state.isSettled(), text + " is " + state);
                if (state == State.CONFIRMED) {
                    unknown++;
                } else {
                    replaced++;
                }
            }
        }
        int missing = reader.missing();
        assertTrue(unknown <= missing, unknown + " are in a block, were not shown, and " + missing + " are in gaps");
        return new Count(shown.size(), missing, replaced);
    }

    private static String line(Duration absence, Duration spacing, int sent, List<Count> counts, long paid) {
        String presence =
                absence.isZero() ? "present" : absence.toHours() == 1 ? "absent for an hour" : "absent for a day";
        return String.format(
                Locale.ROOT,
                "| %s | %d s | %d | %s | %s | %s | %d |",
                presence,
                spacing.toSeconds(),
                sent,
                each(counts, Count::shown),
                each(counts, Count::missing),
                each(counts, Count::replaced),
                Math.round((double) paid / sent));
    }

    /** Returns one figure of each reader, by hops. */
    private static String each(List<Count> counts, ToIntFunction<Count> figure) {
        return counts.stream()
                .map(count -> Integer.toString(figure.applyAsInt(count)))
                .collect(Collectors.joining(", "));
    }

    /** Writes as fast as the spacing allows, and waits until everything has left. */
    private void say(Member sender, List<String> texts, Map<String, Long> said, Duration spacing) throws Exception {
        for (int i = 0; i < PART; i++) {
            String text = "message " + texts.size();
            texts.add(text);
            said.put(
                    text,
                    sender.server
                            .messages()
                            .send(new Messages.Send(
                                    Optional.empty(),
                                    false,
                                    "talk",
                                    text,
                                    Optional.of(Duration.ofDays(7)),
                                    false,
                                    false,
                                    Optional.empty(),
                                    Optional.of(Carrier.ROLLING)))
                            .id());
            seconds(sender, spacing);
        }
        for (Duration waited = Duration.ZERO;
                sender.server.messages().outbox(false).stream()
                        .anyMatch(message -> message.state().compareTo(State.RELAYED) < 0);
                waited = waited.plusSeconds(1)) {
            assertTrue(waited.compareTo(MOST_WAITING) < 0, () -> "waits: " + outbox(sender));
            seconds(sender, Duration.ofSeconds(1));
        }
        // The last version is still spreading.
        seconds(sender, SPARE);
    }

    private static String outbox(Member sender) {
        try {
            return sender.server.messages().outbox(false).toString();
        } catch (Exception e) {
            return e.toString();
        }
    }

    private void seconds(Member sender, Duration time) throws Exception {
        for (long second = 0; second < time.toSeconds(); second++) {
            network.pass(Duration.ofSeconds(1));
            block(Duration.ofSeconds(1));
            network.deliver();
            sender.server.round();
        }
    }

    /** Waits longer, while nobody writes. */
    private void wait(List<Member> present, Duration time) throws Exception {
        for (Duration left = time; !left.isNegative() && !left.isZero(); left = left.minus(BETWEEN_BLOCKS)) {
            network.pass(BETWEEN_BLOCKS);
            block(BETWEEN_BLOCKS);
            network.deliver();
            for (Member member : present) {
                member.server.keep();
                member.server.round();
            }
        }
    }

    private void block(Duration passed) {
        sinceBlock = sinceBlock.plus(passed);
        if (sinceBlock.compareTo(BETWEEN_BLOCKS) >= 0) {
            sinceBlock = Duration.ZERO;
            network.mine();
        }
    }
}
