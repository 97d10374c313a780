package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** How fast packets leave where nothing is configured. */
class PaceTest {
    private static final int MESSAGES = 45;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a", Network.SIGNET);
    private final FixedTiming timing = new FixedTiming();
    private TestServer alice;

    @BeforeEach
    void onePublicNode() throws Exception {
        alice = TestServer.fresh(clock, timing, Optional.empty(), node);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    /** Messages that do not wait for each other. */
    private void sendToManyChannels(Network where) throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            alice.channels()
                    .join(
                            new Channels.Join(
                                    Optional.empty(),
                                    "channel " + i,
                                    Mode.OPEN,
                                    Optional.of(TestServer.CHEAP),
                                    Optional.of(where)),
                            "channel passphrase".toCharArray());
            alice.send("channel " + i, "hello");
        }
        alice.round();
    }

    private int out() {
        return network.broadcasts().size();
    }

    @Test
    void onPublicNetworksADelayOf5SecondsABurstOf20Then10AMinute() throws Exception {
        timing.jitter = Duration.ofSeconds(4);
        sendToManyChannels(Network.SIGNET);
        assertEquals(Set.of(Duration.ofSeconds(5)), Set.copyOf(timing.means), "the mean of every delay");
        assertEquals(MESSAGES, timing.means.size(), "one for each packet");
        assertEquals(0, out(), "nothing before its delay");
        clock.pass(Duration.ofSeconds(4));
        alice.round();
        assertEquals(20, out(), "the burst");
        assertEquals(List.of("10/20"), timing.limits);
        assertTrue(
                alice.messages().outbox(false).stream()
                        .anyMatch(waiting -> waiting.reason().endsWith("at most 10 a minute")),
                "it is shown");
        for (int second = 1; second <= 60; second++) {
            clock.pass(Duration.ofSeconds(1));
            alice.kick();
            alice.round();
            assertEquals(20 + second / 6, out(), "one in six seconds");
        }
    }

    @Test
    void onNetworksForTestsNothingWaits() throws Exception {
        alice.close();
        alice = TestServer.fresh(clock, timing, Optional.empty(), network.node("b"));
        sendToManyChannels(Network.REGTEST);
        assertEquals(MESSAGES, out());
        assertEquals(List.of(), timing.means);
        assertEquals(List.of(), timing.limits);
    }
}
