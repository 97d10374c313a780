package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Gap;
import org.partyline.api.engine.Messages.Message;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** A contact who was absent during a rolling conversation finds it again, however long it was. */
class SessionGapTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void aSession() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.settings.set("fee-band", "0");
        alice.settings.set("fee-cap-message", "1000000sat");
        alice.settings.set("fee-cap-hour", "10000000sat");
        alice.settings.set("fee-cap-day", "100000000sat");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.write("bob", "hello");
        TestServer.await("hello", () -> bob.received().equals(List.of("hello")));
        bob.write("alice", "hello yourself");
        TestServer.await("hello yourself", () -> alice.received().equals(List.of("hello yourself")));
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void roll(String text) throws Exception {
        long id = alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        true,
                        "bob",
                        text,
                        Optional.of(Duration.ofDays(6)),
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(Carrier.ROLLING)))
                .id();
        TestServer.await(text + " is out", () -> {
            Messages.State state = alice.state(id);
            boolean out = state != Messages.State.QUEUED && state != Messages.State.SEALED;
            if (!out) {
                clock.pass(Duration.ofSeconds(31));
                alice.round();
            }
            return out;
        });
        clock.pass(Duration.ofSeconds(31));
        alice.round();
    }

    private void bobReturns() throws Exception {
        bob = bob.restart(nodeB);
        bob.settings.set("default-ttl", "7d");
    }

    private List<Message> gaps() throws Exception {
        return bob.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.gap().isPresent())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {70, 150, 1012})
    void theNewestMessageIsFoundAndTheOthersAreCounted(int howMany) throws Exception {
        bob.close();
        for (int i = 1; i <= howMany; i++) {
            if (howMany < 1000 && i == howMany / 2) {
                // Restarted in between, for two messages.
                bobReturns();
            } else if (howMany < 1000 && i == howMany / 2 + 2) {
                bob.close();
            }
            roll("message " + i);
        }
        bobReturns();
        TestServer.await("the newest", () -> bob.received().contains("message " + howMany));
        // The keys of at most a thousand positions are kept.
        assertEquals(howMany > 1000, !gaps().isEmpty(), "what can never be read is told of at once");
        alice.write("bob", "and on");
        TestServer.await("what follows", () -> {
            clock.pass(Duration.ofSeconds(31));
            alice.round();
            return bob.received().contains("and on");
        });
        clock.pass(Duration.ofMinutes(61));
        bob.keep();
        List<Message> gaps = gaps();
        int read = (int) bob.received().stream()
                .filter(text -> text.startsWith("message "))
                .count();
        int most = gaps.stream().mapToInt(gap -> gap.gap().orElseThrow().most()).sum();
        assertTrue(most >= howMany - read, most + " of " + howMany + ", of which " + read + " are read");
        // They include a key update or two, and nothing else.
        assertTrue(most <= howMany - read + 4, most + " of " + howMany + ", of which " + read + " are read");
        Gap first = gaps.get(0).gap().orElseThrow();
        assertTrue(first.mayArrive());
        assertEquals("alice", gaps.get(0).sender());
        assertTrue(gaps.get(0).text().orElseThrow().contains(" from alice "));
    }
}
