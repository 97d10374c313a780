package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.protocol.GatedDerivation;

/** Two personas of one server talk in one channel: the server reads its own packets. */
class PersonasTogetherTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final GatedDerivation gate = new GatedDerivation();
    private TestServer server;

    @BeforeEach
    void twoPersonas() throws Exception {
        server = TestServer.fresh(clock, network.node("a"));
        server.provide(gate);
        server.personas().rename("me", "alice");
        server.personas().create("bob");
        for (String persona : List.of("alice", "bob")) {
            server.channels()
                    .join(
                            new Channels.Join(
                                    Optional.of(persona),
                                    "lobby",
                                    Mode.RATCHET,
                                    Optional.of(TestServer.CHEAP),
                                    Optional.of(Network.REGTEST)),
                            "channel passphrase".toCharArray());
        }
    }

    @AfterEach
    void close() {
        gate.open();
        server.close();
    }

    private void say(String text) throws Exception {
        int before = network.broadcasts().size();
        server.messages().send(new Messages.Send(Optional.of("alice"), "lobby", text, Optional.empty(), false));
        TestServer.await("it is out", () -> {
            server.round();
            return network.broadcasts().size() > before;
        });
    }

    private List<String> heard() throws PartylineException {
        return server
                .messages()
                .messages(new Messages.Query(Optional.of("bob"), Optional.empty(), Optional.empty(), Optional.empty()))
                .stream()
                .filter(message -> !message.outgoing())
                .map(message -> message.text().orElseThrow())
                .toList();
    }

    @Test
    void whatFollowsAnOpenerIsReadAfterTheStoreWasLockedMeanwhile() throws Exception {
        network.hold();
        say("one");
        int before = gate.begun();
        gate.shut();
        network.release(all -> all);
        gate.awaitBegun(before + 1);
        say("two");
        server.barrier();
        assertEquals(List.of(), heard());
        assertEquals(1, server.vault().deriving(), "how many keys are still to be derived is told");
        server.vault().lock();
        assertEquals(0, server.vault().deriving());
        gate.open();
        server.vault().unlock(TestServer.STORE_PASSPHRASE);
        TestServer.await("all is read", () -> heard().size() == 2);
        assertEquals(List.of("one", "two"), heard());
        assertEquals(0, server.vault().deriving());
    }

    @Test
    void theCopiesOfAMessageAreAlike() throws Exception {
        say("one");
        String text = "of several packets, and so long that what opens the chain goes alone before it";
        say(text);
        TestServer.await("bob has both", () -> heard().size() == 2);
        record Copy(String channel, String sender, Instant sent, OptionalInt sequence, Optional<String> text) {}
        Map<Copy, Long> copies = server.messages().messages(Messages.Query.ALL).stream()
                .collect(Collectors.groupingBy(
                        m -> new Copy(m.channel(), m.sender(), m.sent(), m.sequence(), m.text()),
                        Collectors.counting()));
        assertEquals(2, copies.size(), copies::toString);
        assertTrue(copies.values().stream().allMatch(count -> count == 2), copies::toString);
    }
}
