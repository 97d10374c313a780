package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.ProviderException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Nothing is sealed without random numbers; it is sealed once there are some. */
class WithoutNumbersTest {
    private final StageBench bench = new StageBench();
    private QueueSealer sealer;

    @BeforeEach
    void begin() {
        bench.nodes.add(new TestNetwork(bench.clock).node("a"));
        sealer = StageBench.offered(bench.add(SealingStage::new), QueueSealer.class);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whereNoNumbersCanBeDrawnNothingIsSealed(Mode mode) throws Exception {
        ChannelMembership lobby = bench.join("lobby", mode);
        long id = bench.queue(lobby, "once");
        bench.withoutNumbers = new ProviderException("/dev/urandom is closed");
        assertThrows(ProviderException.class, () -> sealer.seal(id));
        assertEquals(State.QUEUED, bench.state(id));
        assertEquals(List.of(), bench.outgoing(id).parts());
        assertEquals(0, bench.store.count(SendChainRecord.TABLE));
        assertEquals(0, bench.store.count(SeenLocators.TABLE));
        bench.withoutNumbers = null;
        sealer.seal(id);
        assertEquals(State.SEALED, bench.state(id));
        assertEquals(1, bench.store.count(SeenLocators.TABLE));
    }
}
