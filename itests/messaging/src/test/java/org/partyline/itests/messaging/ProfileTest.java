package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Privacy.Preview;
import org.partyline.api.engine.Privacy.Profile;
import org.partyline.api.engine.Privacy.Setting;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.settings.Settings;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Applies the privacy profiles to a whole server. */
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
                        "receipts", "off",
                        "allow-legacy-v1", "false",
                        "default-ttl", "15m",
                        "cover", "on, a packet every 10m, at most 4500 sat a day",
                        "proxy-required", "true"),
                changes(shown));
        Settings now = alice.settings.get();
        assertEquals("confirm", now.sending().carrier());
        assertEquals(ReceiptMode.OFF, now.sessions().receipts());
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

        // And it works: a packet in each slot, a session with a contact, no receipt for his messages.
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
                    "seen", () -> alice.messages().outbox(false).stream().noneMatch(out -> out.state() == State.SENT));
        }
        TestServer.await("received", () -> bob.received().contains("only you"));
        assertEquals(State.RELAYED, alice.state(id));
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
    void economyLetsAConversationRollButNotItsHandshake() throws Exception {
        alice.privacy().apply(Profile.ECONOMY);
        alice.settings.set("roll-spacing", "0s");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        long id = alice.write("bob", "cheap");
        TestServer.await("it left", () -> {
            clock.pass(Duration.ofSeconds(2));
            alice.round();
            bob.round();
            return alice.state(id) == State.RELAYED;
        });
        assertEquals(
                List.of("confirm", "rolling"),
                alice.messages().outbox(true).stream()
                        .map(out -> out.carrier().id())
                        .toList());
        assertEquals(
                4,
                network.waiting().stream().filter(raw -> isOf("a", raw)).count(),
                "the handshake's three packets, which a contact who is absent needs to read anything, and the roll");
    }

    private boolean isOf(String node, byte[] raw) {
        return network.handed().stream()
                .anyMatch(handed -> handed.node().equals(node) && java.util.Arrays.equals(handed.raw(), raw));
    }
}
