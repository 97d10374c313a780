package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Messages of a channel leave in the order they were written: what rides on a chain is of no use before the chain's opener. */
class TurnTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a");
    private TestServer alice;

    @BeforeEach
    void twoChannels() throws Exception {
        alice = TestServer.fresh(clock, node);
        alice.join("lobby", Mode.RATCHET);
        alice.join("cellar", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    private String reason(long id) throws Exception {
        return alice.messages().outgoing(id).reason();
    }

    @Test
    void aMessageDoesNotGoBeforeTheOneAheadOfItInItsChannel() throws Exception {
        node.poor = true;
        long first = alice.send("lobby", "first");
        TestServer.await("it waits for coins", () -> reason(first).contains("0 sat"));
        // The reason may be that of the command: it has been tried when a round is over.
        alice.round();
        // Coins are there again, but the first message pauses until its next try.
        node.poor = false;
        long second = alice.send("lobby", "second");
        long elsewhere = alice.send("cellar", "elsewhere");
        alice.round();
        assertEquals("it waits for message " + first + " before it", reason(second));
        assertEquals(State.QUEUED, alice.state(second));
        assertTrue(alice.state(elsewhere).ordinal() >= State.BROADCAST.ordinal(), "another channel does not wait");
        assertEquals(1, network.broadcasts().size());
        alice.kick();
        TestServer.await("both are out", () -> network.broadcasts().size() == 3);
        assertTrue(alice.state(first).ordinal() >= State.BROADCAST.ordinal());
        TestServer.await("the second, too", () -> alice.state(second) == State.SEEN);
        List<String> order = new ArrayList<>();
        for (byte[] raw : network.broadcasts()) {
            order.add(TransactionScanner.id(raw).toString());
        }
        String firsts = alice.messages()
                .outgoing(first)
                .parts()
                .get(0)
                .transaction()
                .orElseThrow()
                .toString();
        assertEquals(firsts, order.get(1), "the first goes first");
    }
}
