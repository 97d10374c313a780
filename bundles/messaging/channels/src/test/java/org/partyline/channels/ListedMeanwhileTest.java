package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.engine.delivery.Departures;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.receive.Reception;
import org.partyline.engine.sealing.Sealers;
import org.partyline.testkit.messaging.StageBench;

/** What there is is told whichever other bundle is away. */
class ListedMeanwhileTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                PacketCodec.class,
                Fragmenter.class,
                ChannelKeys.class,
                Chains.class,
                Identities.class,
                Handshakes.class,
                SuiteDirectory.class,
                NodeDirectory.class,
                Pace.class,
                Outbox.class,
                Sealers.class,
                Departures.class,
                Reception.class
            })
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
