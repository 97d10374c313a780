package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** A machine's clock was a day fast, and is right again. */
class FastClockTest {
    /** How far ahead readers accept a timestamp, in seconds. */
    private static final long MOST_AHEAD = 300;

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

    private OutgoingMessage seal(ChannelMembership member, String text) throws Exception {
        OutgoingMessage sealed = sealer.seal(bench.queue(member, text));
        assertEquals(State.SEALED, sealed.state(), sealed.reason());
        return sealed;
    }

    /** A timestamp is after the last one, but no reader rejects it for that. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void whatIsSealedAfterAFastClockHasATimeThatReadersTake(Mode mode) throws Exception {
        ChannelMembership lobby = bench.join("lobby", mode);
        seal(lobby, "before");
        bench.clock.pass(Duration.ofHours(24));
        long ahead = seal(lobby, "meanwhile").stamped();
        assertEquals(bench.clock.instant().getEpochSecond(), ahead);
        bench.clock.pass(Duration.ofHours(-24));
        long after = seal(lobby, "after").stamped() - bench.clock.instant().getEpochSecond();
        assertTrue(after >= 0 && after < MOST_AHEAD, after + " seconds ahead");
    }
}
