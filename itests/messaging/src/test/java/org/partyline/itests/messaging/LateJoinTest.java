package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
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

/**
 * A persona that joins a channel while chains are running can read further messages, whoever of its server has read or
 * written before: with all bundles, real ones.
 */
class LateJoinTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private TestServer carol;

    @BeforeEach
    void carolIsThere() throws Exception {
        carol = TestServer.fresh(clock, network.node("c"));
        carol.personas().rename("me", "carol");
        carol.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        carol.close();
    }

    private void say(String text) throws Exception {
        int before = network.broadcasts().size();
        carol.send("lobby", text);
        TestServer.await("it is out", () -> {
            carol.round();
            return network.broadcasts().size() > before;
        });
    }

    private static void join(TestServer server, String persona, String passphrase) throws PartylineException {
        server.channels()
                .join(
                        new Channels.Join(
                                Optional.of(persona),
                                "lobby",
                                Mode.RATCHET,
                                Optional.of(TestServer.CHEAP),
                                Optional.of(Network.REGTEST)),
                        passphrase.toCharArray());
    }

    private static List<String> heard(TestServer server, String persona) throws PartylineException {
        return server
                .messages()
                .messages(
                        new Messages.Query(Optional.of(persona), Optional.empty(), Optional.empty(), Optional.empty()))
                .stream()
                .filter(message -> !message.outgoing())
                .map(message -> message.text().orElseThrow())
                .toList();
    }

    /** Carol writes, and two more personas of her server join one after the other. */
    @Test
    void whatAPersonaHasSaidAloneIsReadByOthersOfItsServerThatJoinLater() throws Exception {
        carol.personas().create("dora");
        carol.personas().create("erin");
        say("one");
        say("two");
        network.mine();
        carol.read();
        join(carol, "dora", "channel passphrase");
        say("three");
        TestServer.await("dora reads", () -> heard(carol, "dora").contains("three"));
        assertEquals(List.of("one", "two", "three"), heard(carol, "dora"));
        join(carol, "erin", "channel passphrase");
        say("four");
        TestServer.await("dora reads on", () -> heard(carol, "dora").contains("four"));
        carol = carol.restart(network.node("c"));
        say("five");
        TestServer.await(
                "both read on",
                () -> heard(carol, "dora").contains("five")
                        && heard(carol, "erin").contains("five"));
        assertEquals(List.of("one", "two", "three", "four", "five"), heard(carol, "dora"));
        assertEquals(List.of("four", "five"), heard(carol, "erin"));
    }
}
