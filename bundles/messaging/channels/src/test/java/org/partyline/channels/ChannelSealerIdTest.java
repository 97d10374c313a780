package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.testkit.messaging.StageBench;

/** A channel is given to another bundle's sealer, by its id, and taken back. */
class ChannelSealerIdTest {
    private final StageBench bench = new StageBench();
    private final Channels channels = StageBench.offered(bench.add(ChannelsStage::new), Channels.class);
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void itIsKeptAndTakenBack() throws Exception {
        assertEquals(
                Optional.of("private"),
                channels.sealer(Optional.empty(), "lobby", Optional.of("private"))
                        .sealer());
        assertEquals(Optional.of("private"), lobby.sealer());
        assertEquals(
                Optional.empty(),
                channels.sealer(Optional.empty(), "lobby", Optional.empty()).sealer());
        assertEquals(Optional.empty(), lobby.sealer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Not an id", "", "1st", "a-name-that-has-more-than-24-characters"})
    void anIdThatIsNoneIsRefused(String id) {
        assertThrows(NoSuchThingException.class, () -> channels.sealer(Optional.empty(), "lobby", Optional.of(id)));
        assertEquals(Optional.empty(), lobby.sealer());
    }
}
