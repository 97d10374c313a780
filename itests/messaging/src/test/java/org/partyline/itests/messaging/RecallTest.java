package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;

/**
 * Messages are recalled while servers are killed and miners are faster: the transactions, the counted amounts and the
 * displayed state agree.
 */
class RecallTest extends CarrierStage {
    private long say(String text, Carrier carrier) throws Exception {
        long id = write(text, carrier, Duration.ofDays(2));
        TestServer.await(text, () -> {
            pass();
            return bob.received().contains(text);
        });
        alice.round();
        TestServer.await("seen", () -> alice.state(id) == State.RELAYED);
        return id;
    }

    @Test
    void whatANodeHasSentToNobodyIsTakenBackForNothing() throws Exception {
        nodeA.whole = false;
        nodeA.keeps = true;
        nodeA.sentPrivately = OptionalInt.of(0);
        long before = alice.fees().limits().hourSpent();
        long id = write("not gone yet", Carrier.CONFIRM, Duration.ofDays(2));
        TestServer.await("the node has it", () -> {
            pass();
            return alice.messages().outgoing(id).reason().equals("sent privately to no peer yet");
        });
        assertEquals(State.SENT, alice.state(id));
        int signed = nodeA.signed.size();

        assertEquals(0, alice.messages().recall(id).fee());

        assertEquals(State.RECALLED, alice.state(id));
        assertEquals(1, nodeA.withdrawn.size());
        assertEquals(signed, nodeA.signed.size(), "nothing had to take its place");
        assertEquals(before, alice.fees().limits().hourSpent(), "nothing was paid");
        assertEquals(nodeA.signed.get(0).id(), nodeA.released.get(0).id(), "its coin is free");
    }

    @Test
    void whatAPeerHasIsTakenBackByAnotherTransaction() throws Exception {
        nodeA.whole = false;
        nodeA.keeps = true;
        nodeA.sentPrivately = OptionalInt.of(2);
        long id = write("gone", Carrier.CONFIRM, Duration.ofDays(2));
        TestServer.await("a peer has it", () -> {
            pass();
            return alice.state(id) == State.RELAYED;
        });
        assertEquals("sent privately to 2 peers", alice.messages().outgoing(id).reason());
        nodeA.keeps = false;

        assertTrue(alice.messages().recall(id).fee() > 0);

        assertEquals(0, nodeA.withdrawn.size());
    }

    /** A node that reports that it has sent a transaction to nobody may be wrong, or it left by another route. */
    @Test
    void whatANodeWithdrawsAndTheNetworkHasIsTakenBackByAnotherTransaction() throws Exception {
        nodeA.whole = false;
        nodeA.keeps = true;
        nodeA.sentPrivately = OptionalInt.of(0);
        long id = write("out by another way", Carrier.CONFIRM, Duration.ofDays(2));
        TestServer.await("the node has it", () -> {
            pass();
            return alice.messages().outgoing(id).reason().equals("sent privately to no peer yet");
        });
        network.takes(nodeA.signed.get(0).raw());

        assertTrue(alice.messages().recall(id).fee() > 0);

        assertEquals(1, nodeA.withdrawn.size());
        assertEquals(2, nodeA.signed.size(), "another one takes its place");
    }

    /** The cost of a message, as displayed and as counted towards the caps. */
    private record Paid(long shown, long counted) {}

    private Paid paid(long id) throws Exception {
        return new Paid(
                alice.messages().outgoing(id).fee(), alice.fees().limits().hourSpent());
    }

    @Test
    void whatIsMinedWhileTheServerIsDownCostsNothingMore() throws Exception {
        for (Carrier carrier : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            long id = say("by night " + carrier, carrier);
            Paid before = paid(id);
            nodeA.onBroadcast = () -> {
                throw new IllegalStateException("the process ends here");
            };
            assertThrows(Exception.class, () -> alice.messages().recall(id));
            nodeA.onBroadcast = () -> {};
            assertTrue(paid(id).counted() > before.counted(), "counted before anybody has it");
            alice.close();
            network.mine();
            alice = alice.restart(nodeA);
            alice.settings.set("fee-band", "0");
            TestServer.await("it is in a block " + carrier, () -> {
                pass();
                return alice.state(id) == State.CONFIRMED;
            });
            assertEquals(before, paid(id), "nothing more");
        }
    }
}
