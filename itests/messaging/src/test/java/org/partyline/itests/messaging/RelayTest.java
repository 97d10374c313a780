package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;

/**
 * A node without peers: an accepted transaction counts as sent, and as relayed once the node reports that a peer has
 * it.
 */
class RelayTest extends CarrierStage {
    @Test
    void aMessageIsSentUntilItsNodeSaysThatAPeerHasItByWhicheverCarrier() throws Exception {
        nodeA.whole = false;
        for (Carrier carrier : new Carrier[] {Carrier.CONFIRM, Carrier.ROLLING}) {
            nodeA.relays = false;
            long id = write("by " + carrier, carrier, Duration.ofDays(2));
            TestServer.await("it is handed over", () -> alice.state(id) == State.SENT);
            pass();
            assertEquals(State.SENT, alice.state(id), "its own node has shown it, and nobody else has it");
            nodeA.relays = true;
            pass();
            assertEquals(State.RELAYED, alice.state(id));
            assertEquals("", alice.messages().outgoing(id).reason());
        }
    }

    @Test
    void aNodeThatIsDownIsNotBlamedForAMessageThatWasRelayed() throws Exception {
        for (Carrier carrier : new Carrier[] {Carrier.CONFIRM, Carrier.ROLLING}) {
            long id = write("by " + carrier, carrier, Duration.ofDays(2));
            TestServer.await("it is relayed", () -> alice.state(id) == State.RELAYED);
            nodeA.down = true;
            clock.pass(Duration.ofMinutes(11));
            pass();
            assertEquals(State.RELAYED, alice.state(id));
            assertEquals("", alice.messages().outgoing(id).reason(), "it waits for nothing of ours");
            nodeA.down = false;
            pass();
            assertEquals("", alice.messages().outgoing(id).reason());
        }
    }
}
