package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.ratchet.Chains;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.protocol.PlainChains;

/** Our chain continues, whichever sealer and whichever instance of the ratchet is running. */
class ChainSwapTest {
    private final StageBench bench = new StageBench();
    private ChannelMembership lobby;
    private QueueSealer sealer;

    @BeforeEach
    void join() throws Exception {
        bench.nodes.add(new TestNetwork(bench.clock).node("a"));
        lobby = bench.join("lobby", Mode.RATCHET);
        sealer = sealers();
        assertTrue(seal("one").opens());
        assertFalse(seal("two").opens());
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private QueueSealer sealers() {
        return StageBench.offered(bench.add(SealingStage::new), QueueSealer.class);
    }

    private OutgoingMessage seal(String text) throws Exception {
        long id = bench.queue(lobby, text);
        OutgoingMessage sealed = sealer.seal(id);
        assertEquals(State.SEALED, sealed.state(), sealed.reason());
        return sealed;
    }

    private void assertNoNewChain() throws Exception {
        assertEquals(1, bench.store.count(SendChainRecord.TABLE));
        assertFalse(seal("three").opens());
    }

    @Test
    void itGoesOnByTheNextWhoSeals() throws Exception {
        sealer = sealers();
        assertNoNewChain();
    }

    @Test
    void itGoesOnByAnotherInstanceOfTheRatchet() throws Exception {
        bench.stop(Chains.class);
        bench.put(Chains.class, new PlainChains());
        bench.start(Chains.class);
        assertNoNewChain();
    }
}
