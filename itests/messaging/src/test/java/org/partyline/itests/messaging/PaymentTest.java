package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Privacy;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Checks that real money is not spent without consent: each bundle that initiates something asks. */
class PaymentTest {
    private static final String HOW = "partyline:fee-limit --accept-mainnet";

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private TestNetwork.Node nodeA;
    private TestNetwork.Node nodeB;
    private TestServer alice;
    private TestServer bob;

    private void on(Network where) throws Exception {
        nodeA = network.node("a", where);
        nodeB = network.node("b", where);
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.settings.set("fee-band", "0");
        alice.settings.set("jitter", "0s");
        bob.settings.set("jitter", "0s");
    }

    @AfterEach
    void close() {
        for (TestServer server : Arrays.asList(alice, bob)) {
            if (server != null) {
                server.close();
            }
        }
    }

    /** Makes the sender retry all waiting messages. */
    private static void tries(TestServer server, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            server.clock.pass(Duration.ofSeconds(70));
            server.kick();
            server.round();
        }
    }

    private static void refused(ThrowingAction action) {
        PartylineException refused = assertThrows(PartylineException.class, action::run);
        assertTrue(refused.getMessage().contains(HOW), refused.getMessage());
    }

    private interface ThrowingAction {
        void run() throws Exception;
    }

    @Test
    void whatIsBegunByHandIsRefusedOnMainnetUntilItIsAccepted() throws Exception {
        on(Network.MAINNET);
        alice.join("lobby", Mode.RATCHET);
        alice.know(bob, "bob");
        var before = alice.settings.values();

        refused(() -> alice.send("lobby", "for money"));
        refused(() -> alice.write("bob", "for money"));
        refused(() -> alice.sessions().open(Optional.empty(), "bob"));
        refused(() -> alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 1000));
        refused(() -> alice.privacy().apply(Privacy.Profile.MAXIMUM));

        assertEquals(before, alice.settings.values());
        assertEquals(List.of(), alice.cover().status());
        tries(alice, 3);
        assertEquals(List.of(), nodeA.signed);

        alice.fees().acceptMainnet();
        alice.sessions().open(Optional.empty(), "bob");
        TestServer.await("the handshake left", () -> !network.broadcasts().isEmpty());
        assertTrue(alice.cover()
                .start(Optional.empty(), Duration.ofSeconds(30), 1000)
                .running());
    }
}
