package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Privacy.Covered;
import org.partyline.api.engine.Privacy.Preview;
import org.partyline.api.engine.Privacy.Profile;
import org.partyline.api.engine.Privacy.Setting;
import org.partyline.api.settings.Settings;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** The privacy profiles, applied to a whole engine. */
class ProfileTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final FixedTiming timing = new FixedTiming();

    @TempDir
    Path etc;

    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServersInOneChannel() throws Exception {
        alice = TestServer.fresh(clock, timing, Optional.of(etc), nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private Path networkFile() {
        return etc.resolve("org.partyline.network.cfg");
    }

    private static Map<String, String> changes(Preview preview) {
        return preview.settings().stream()
                .filter(Setting::changes)
                .collect(Collectors.toMap(Setting::key, Setting::then, (a, b) -> a, TreeMap::new));
    }

    private Optional<Cover.Status> coverOf(String persona) throws PartylineException {
        return alice.cover().status().stream()
                .filter(status -> status.persona().equals(persona))
                .findFirst();
    }

    private void point() throws Exception {
        alice.round();
        clock.set(alice.cover().status().get(0).next().orElseThrow());
        alice.round();
    }

    // ---- maximum

    @Test
    void maximumIsOneCommand() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        Preview shown = alice.privacy().preview(Profile.MAXIMUM);
        assertFalse(Files.exists(networkFile()), "looking changes nothing");
        assertEquals(List.of(), alice.cover().status());
        alice.privacy().apply(Profile.MAXIMUM);
        assertEquals(
                Map.of(
                        "roll-packets", "1",
                        "jitter", "2m",
                        "rate-per-minute", "4",
                        "rate-burst", "1",
                        "allow-legacy-v1", "false",
                        "default-ttl", "15m",
                        "cover", "on, a packet every 10m, at most 4500 sat a day",
                        "proxy-required", "true"),
                changes(shown));
        Settings now = alice.settings.get();
        assertEquals("confirm", now.sending().carrier());
        assertFalse(now.sessions().receipts());
        assertFalse(now.sessions().strangers());
        assertFalse(now.sending().recallsExpired());
        assertEquals(Duration.ofMinutes(15), now.sending().defaultTtl());
        for (Network where : Network.values()) {
            assertEquals(Duration.ofMinutes(2), now.sending().jitter(where));
            assertEquals(4, now.sending().perMinute(where));
        }
        assertEquals(1, now.sending().burst());
        assertEquals(80, now.sending().maxBucket());
        assertTrue(
                Files.readAllLines(networkFile()).stream().anyMatch(line -> line.matches("proxy-required *= *true")));
        Cover.Status cover = coverOf("me").orElseThrow();
        assertTrue(cover.running());
        assertEquals(Duration.ofMinutes(10), cover.mean());
        assertEquals(Optional.of(Profile.MAXIMUM), alice.privacy().current());
        assertEquals(Map.of(), changes(alice.privacy().preview(Profile.MAXIMUM)));

        // And it works: a packet at each point, a session with somebody who is known, no receipt for what he says.
        long id = alice.write("bob", "only you");
        for (int i = 0; i < 200 && !bob.received().contains("only you"); i++) {
            int before = network.handed().size();
            point();
            long left = network.handed().subList(before, network.handed().size()).stream()
                    .filter(handed -> handed.node().equals("a"))
                    .count();
            assertEquals(1, left, "one packet a point");
            bob.round();
            TestServer.await(
                    "seen",
                    () -> alice.messages().outbox(false).stream().noneMatch(out -> out.state() == State.BROADCAST));
        }
        TestServer.await("received", () -> bob.received().contains("only you"));
        assertEquals(State.SEEN, alice.state(id));
        bob.write("alice", "thank you");
        TestServer.await("read", () -> alice.received().contains("thank you"));
        for (int i = 0; i < 4; i++) {
            point();
        }
        assertTrue(
                alice.messages().outbox(true).stream()
                        .noneMatch(out -> out.kind().equals("control")),
                "no receipt");
    }

    @Test
    void maximumLosesNoMessage() throws Exception {
        alice.privacy().apply(Profile.MAXIMUM);
        int slow = 0;
        // The points are real ones: most often two of ten messages are slow, but none of thirty may be.
        for (int i = 0; i < 30 || slow == 0 && i < 200; i++) {
            Instant written = clock.instant();
            long id = alice.send("lobby", "number " + i);
            while (alice.state(id) == State.QUEUED || alice.state(id) == State.SEALED) {
                point();
            }
            int count = i + 1;
            TestServer.await("received", () -> bob.told().size() == count);
            slow += Duration.between(written, clock.instant()).compareTo(Duration.ofMinutes(15)) > 0 ? 1 : 0;
        }
        assertTrue(slow > 0, "some waited for longer than the time to live");
    }

    @Test
    void whenTheProxyCannotBeRequiredNothingElseIsChanged() throws Exception {
        Files.createDirectory(networkFile());
        Map<String, String> before = alice.settings.values();
        PartylineException refused =
                assertThrows(PartylineException.class, () -> alice.privacy().apply(Profile.MAXIMUM));
        assertTrue(refused.getMessage().contains("cannot be written"), refused.getMessage());
        assertEquals(before, alice.settings.values());
        assertEquals(List.of(), alice.cover().status(), "no cover traffic without the proxy");
    }

    @Test
    void onlyTheCurrentPersonasCoverCounts() throws Exception {
        alice.personas().create("second");
        alice.cover().start(Optional.of("second"), Duration.ofMinutes(10), 1);
        assertTrue(changes(alice.privacy().preview(Profile.MAXIMUM)).containsKey("cover"));
        alice.privacy().apply(Profile.MAXIMUM);
        assertTrue(coverOf("me").orElseThrow().running());
        assertEquals(Optional.of(Profile.MAXIMUM), alice.privacy().current());
        assertTrue(changes(alice.privacy().preview(Profile.BALANCED)).containsKey("cover"));
        alice.privacy().apply(Profile.BALANCED);
        Cover.Status mine = coverOf("me").orElseThrow();
        assertFalse(mine.running() || !mine.problem().isEmpty(), mine::toString);
        Cover.Status others = coverOf("second").orElseThrow();
        assertTrue(others.running() || !others.problem().isEmpty(), "another persona's is left alone");
        assertEquals(Optional.of(Profile.BALANCED), alice.privacy().current());
    }

    // ---- what it costs

    private void estimate(String rate) {
        nodeA.estimate = () -> Optional.of(FeeRate.parse(rate));
    }

    @Test
    void theBudgetLastsForADayAtCurrentFees() throws Exception {
        estimate("5");
        Preview shown = alice.privacy().preview(Profile.MAXIMUM);
        // 202 vB at 5 sat/vB, 144 times, in the middle of the band.
        assertEquals(Optional.of(1_010L), shown.perMessage());
        assertEquals(Optional.of(1_111L * 144), shown.perDay());
        assertEquals(Covered.WHOLE, shown.covered());
        // At most what the day's cap lets through.
        assertEquals(200_000, shown.budget());
        alice.settings.set("fee-cap-hour", "1000000sat");
        alice.settings.set("fee-cap-day", "1000000sat");
        assertEquals(1_212 * 180, alice.privacy().preview(Profile.MAXIMUM).budget());
        timing.size = OptionalInt.of(80);
        timing.gap = Duration.ofMinutes(10);
        alice.privacy().apply(Profile.MAXIMUM);
        Instant end = clock.instant().plus(Duration.ofHours(24));
        while (clock.instant().isBefore(end)) {
            point();
            assertTrue(coverOf("me").orElseThrow().running(), () -> "at " + clock.instant());
        }
        assertEquals(144, network.handed().size());
        assertEquals(Optional.of(Profile.MAXIMUM), alice.privacy().current());
    }

    @Test
    void whereACapEndsItFirstTheShareOfTheDayIsSaid() throws Exception {
        estimate("20");
        // 4,444 sat for a packet on average.
        assertEquals(
                new Covered(31, "fee-cap-day=200000sat"),
                alice.privacy().preview(Profile.MAXIMUM).covered());
        assertEquals(200_000, alice.privacy().preview(Profile.MAXIMUM).budget());
        alice.fees().limit(Fees.Cap.HOUR, 5_000);
        assertEquals(
                new Covered(18, "fee-cap-hour=5000sat"),
                alice.privacy().preview(Profile.MAXIMUM).covered());
        alice.fees().limit(Fees.Cap.MESSAGE, 4_000);
        assertEquals(
                new Covered(0, "fee-cap-message=4000sat"),
                alice.privacy().preview(Profile.MAXIMUM).covered());
        assertEquals(Covered.WHOLE, alice.privacy().preview(Profile.BALANCED).covered());
    }

    @Test
    void whenFeesRiseTheBudgetIsNotEnoughAnyMoreAndIsRaised() throws Exception {
        alice.privacy().apply(Profile.MAXIMUM);
        assertEquals(4_500, coverOf("me").orElseThrow().budget());
        estimate("0.11");
        assertEquals(Optional.of(Profile.MAXIMUM), alice.privacy().current(), "a little more is still paid for");
        estimate("1");
        assertEquals(Optional.empty(), alice.privacy().current());
        Preview shown = alice.privacy().preview(Profile.MAXIMUM);
        assertEquals(Map.of("cover", "on, a packet every 10m, at most 43740 sat a day"), changes(shown));
        alice.privacy().apply(Profile.MAXIMUM);
        assertEquals(43_740, coverOf("me").orElseThrow().budget());
        estimate("0.1");
        assertEquals(Optional.of(Profile.MAXIMUM), alice.privacy().current(), "more than enough is enough");
    }

    @Test
    void economySaysWhatTheFirstMessageOfAConversationCosts() throws Exception {
        estimate("5");
        Preview economy = alice.privacy().preview(Profile.ECONOMY);
        assertEquals(Optional.of(21L), economy.perMessage());
        assertEquals(Optional.of(1_010L), economy.first());
        Preview balanced = alice.privacy().preview(Profile.BALANCED);
        assertEquals(Optional.of(1_010L), balanced.perMessage());
        assertEquals(balanced.perMessage(), balanced.first());
        alice.privacy().apply(Profile.ECONOMY);
        alice.settings.set("roll-spacing", "0s");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        long id = alice.write("bob", "cheap");
        TestServer.await("it left", () -> {
            clock.pass(Duration.ofSeconds(2));
            alice.round();
            bob.round();
            return alice.state(id) == State.SEEN;
        });
        assertEquals(1, network.waiting().stream().filter(raw -> isOf("a", raw)).count(), "the handshake rolls, too");
    }

    private boolean isOf(String node, byte[] raw) {
        return network.handed().stream()
                .anyMatch(handed -> handed.node().equals(node) && java.util.Arrays.equals(handed.raw(), raw));
    }
}
