package org.partyline.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.State;
import org.partyline.testkit.messaging.TestNetwork;

/** Cover traffic with all bundles: who watches does not see which packet says something. */
class CoverTest extends CoverStage {
    @Test
    void messagesHandshakesKeyUpdatesReceiptsAndDecoysRollInTheSameTransaction() throws Exception {
        alice.settings.set("carrier", "rolling");
        alice.settings.set("send-receipts", "true");
        alice.settings.set("rekey-messages", "1");
        // However many points it takes.
        alice.settings.set("roll-max-age", "14d");
        alice.settings.set("roll-max-fee", "1000000sat");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 1_000_000);
        point();
        alice.send("lobby", "to all");
        alice.write("bob", "to you");
        TestServer.await("both arrive", () -> {
            point();
            return bob.received().containsAll(List.of("to all", "to you"));
        });
        bob.write("alice", "and back");
        TestServer.await("it is answered with a receipt", () -> {
            point();
            return alice.messages().outbox(true).stream()
                    .anyMatch(out -> out.kind().equals("control") && out.state() == State.RELAYED);
        });
        point();
        Set<ByteBuffer> coins = new HashSet<>();
        network.handed().stream()
                .filter(handed -> handed.node().equals("a"))
                .forEach(handed -> coins.add(TestNetwork.input(handed.raw())));
        assertEquals(1, coins.size(), "one coin for everything");
        Set<String> kinds = new HashSet<>();
        for (Outgoing out : alice.messages().outbox(true)) {
            kinds.add(out.kind());
            assertEquals(Carrier.ROLLING, out.carrier(), out.kind());
        }
        assertEquals(Set.of("message", "handshake", "key update", "control", DECOY), kinds);
    }
}
