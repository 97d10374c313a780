package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.WhileAPartIsAway;

/** Lists work whichever other bundle is unavailable. */
class ListedMeanwhileTest {
    @WhileAPartIsAway
    void channelsAreListed(Class<?> part) throws Exception {
        try (StageBench bench = new StageBench()) {
            Channels channels = StageBench.offered(bench.add(ChannelsStage::new), Channels.class);
            bench.join("lobby", Mode.RATCHET);
            List<Channels.Channel> before = channels.listAll();
            assertEquals(1, before.size());
            bench.stop(part);
            assertEquals(before, channels.listAll());
        }
    }
}
