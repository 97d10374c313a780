package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Fees;
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
    void limitsAreTold(Class<?> part) throws Exception {
        try (StageBench bench = new StageBench()) {
            Fees fees = StageBench.offered(bench.add(FeesStage::new), Fees.class);
            Fees.Limits before = fees.limits();
            bench.stop(part);
            assertEquals(before, fees.limits());
        }
    }
}
