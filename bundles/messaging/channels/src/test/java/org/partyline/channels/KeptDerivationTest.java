package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.protocol.PlainDerivation;
import org.partyline.testkit.protocol.PlainSuites;

/**
 * A channel whose key derivation is from another bundle is kept while that is unavailable: its record contains the
 * derivation's name.
 */
class KeptDerivationTest {
    private static final char[] PASSPHRASE = "channel passphrase".toCharArray();
    private static final KdfId ROUNDS = new KdfId(201, "ROUNDS");
    private static final KdfParameters COSTS = new KdfParameters(ROUNDS, 5, 7, 0);

    private final StageBench stage = new StageBench();
    private final Channels channels = StageBench.offered(stage.add(ChannelsStage::new), Channels.class);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void itIsKeptThoughNobodyKnowsTheDerivationAnyMore() throws Exception {
        stage.nodes.add(new TestNetwork(stage.clock).node("a"));
        stage.suites.add(new PlainDerivation(ROUNDS));
        channels.create(
                new Channels.Create(Optional.empty(), "den", Mode.RATCHET, COSTS, Optional.of(Network.REGTEST)),
                PASSPHRASE);
        Channels.Join again = new Channels.Join(
                Optional.empty(),
                channels.invite(Optional.empty(), "den"),
                Mode.RATCHET,
                Optional.empty(),
                Optional.empty());
        assertEquals(COSTS, channels.terms(again).kdf());

        restartWithoutTheBundle();
        List<Channels.Channel> kept = channels.list(Optional.empty());
        assertEquals(List.of("den"), kept.stream().map(Channels.Channel::name).toList());
        assertEquals(COSTS, kept.get(0).kdf());
        String why = assertThrows(NoSuchThingException.class, () -> channels.terms(again))
                .getMessage();
        assertTrue(why.contains("there is no key derivation 201"), why);
    }

    /** Rebuilds the channels from the stored state, like the server. */
    private void restartWithoutTheBundle() throws StoreException {
        stage.put(SuiteDirectory.class, new PlainSuites());
        stage.guard.open(() -> {
            List.copyOf(stage.people.conversations.members()).forEach(stage.registry::remove);
            return stage.guard.transact(tx -> {
                for (MembershipRecord entry : Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class)) {
                    stage.registry.add(
                            new ChannelMembership(entry), entry.rootDay(), Days.of(stage.clock.instant()) + 1);
                }
                return null;
            });
        });
    }
}
