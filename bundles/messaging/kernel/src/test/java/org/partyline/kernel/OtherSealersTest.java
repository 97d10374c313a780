package org.partyline.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.PrivateReceiver;
import org.partyline.testkit.messaging.TestNetwork;

/** A channel that an operator gave to the sealer of another bundle, with all bundles, and over a restart. */
class OtherSealersTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a");
    private final PrivateSealer sealer = new PrivateSealer();
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServersInAChannel() throws Exception {
        alice = TestServer.fresh(clock, node);
        alice.join("lobby", Mode.RATCHET);
        alice.channels().sealer(Optional.empty(), "lobby", Optional.of("private"));
        bob = TestServer.fresh(clock, network.node("b"));
        bob.join("lobby", Mode.RATCHET);
        bob.start(new PrivateReceiver());
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void awaitBob(String... texts) throws Exception {
        TestServer.await("received", () -> bob.received().size() >= texts.length);
        bob.read();
        assertEquals(List.of(texts), bob.received());
    }

    private void restart() throws Exception {
        alice = alice.restart(node);
    }

    @Test
    void afterACrashTheSamePacketLeavesAndTheSealerBeginsAnew() throws Exception {
        node.down = true;
        alice.start(sealer);
        alice.send("lobby", "one");
        TestServer.await("sealed", () -> alice.messages().outbox(false).get(0).state() == Messages.State.SEALED);
        restart();
        node.down = false;
        TestServer.await("it left", () -> {
            alice.kick();
            alice.round();
            return network.broadcasts().size() == 1;
        });
        awaitBob("one");
        assertEquals(1, sealer.states.size());
        // The files may have been an old copy.
        alice.start(sealer);
        alice.send("lobby", "two");
        awaitBob("one", "two");
        assertEquals(List.of(List.of(), List.of()), sealer.states);
    }
}
