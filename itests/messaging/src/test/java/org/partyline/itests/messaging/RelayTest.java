package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.fees.SpentRecords;

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

    /** Readers who saw it would be shown it twice. */
    @Test
    void aMessageIsNotSealedAgainIfNothingCouldNoticeThatOthersHaveIt() throws Exception {
        alice.settings.set("roll-end", "burn");
        alice.stop("receive");
        long id = roll("once");
        TestServer.await("it is shown", () -> bob.received().equals(List.of("once")));
        for (int hours = 0; hours < 30; hours++) {
            clock.pass(Duration.ofHours(1));
            alice.round();
        }
        alice.start("receive");
        for (int rounds = 0; rounds < 3; rounds++) {
            network.mine();
            alice.read();
            pass();
        }
        bob.read();
        assertEquals(List.of("once"), bob.received());
        assertEquals(State.REPLACED, alice.state(id));
    }

    @Test
    void aMessageOfANodeWithoutPeersIsSealedAgainThoughNothingReadMeanwhile() throws Exception {
        alice.settings.set("roll-end", "burn");
        nodeA.whole = false;
        nodeA.keeps = true;
        nodeA.sentPrivately = OptionalInt.of(0);
        alice.stop("receive");
        long id = roll("once");
        for (int hours = 0; hours < 30; hours++) {
            clock.pass(Duration.ofHours(1));
            alice.round();
        }
        assertEquals(List.of(), bob.received());
        nodeA.whole = true;
        nodeA.keeps = false;
        alice.start("receive");
        // It is paid for twice, which is more than was said.
        alice.fees().limit(Fees.Cap.MESSAGE, 1_000);
        for (int hours = 0; hours < 8; hours++) {
            clock.pass(Duration.ofHours(1));
            alice.round();
            alice.read();
        }
        bob.read();
        assertEquals(List.of("once"), bob.received());
        assertEquals(State.REPLACED, alice.state(id));
        network.mine();
        pass();
        long paid = network.inBlocks().stream()
                .mapToLong(raw -> network.paid(TransactionScanner.id(raw)).fee())
                .sum();
        long outside = alice.store
                .transact(tx -> SpentRecords.sums(clock.instant().minus(Duration.ofDays(2)), tx, -1))
                .outsideDay();
        assertEquals(paid, alice.messages().outgoing(id).fee() + outside);
    }
}
