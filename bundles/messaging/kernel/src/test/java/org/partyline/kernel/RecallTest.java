package org.partyline.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;

/** Messages that are taken back while servers are killed and miners are faster: what carries them, counts and reads goes together. */
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

    /** What was paid for a message, as it is shown and as the caps count it. */
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
