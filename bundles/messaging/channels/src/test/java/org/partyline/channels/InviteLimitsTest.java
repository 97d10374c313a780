package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.Invite;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.StageBench;

/** Nobody can join a channel whose key derivation is outside the limits of PROTOCOL 2.1, in any way. */
class InviteLimitsTest {
    private static final char[] PASSPHRASE = "channel passphrase".toCharArray();
    private static final KdfParameters TINY = new KdfParameters(KdfId.ARGON2ID, 1, 8, 1);
    private static final KdfParameters CHEAP = new KdfParameters(KdfId.ARGON2ID, 5, 8192, 1);
    private static final String TOO_LITTLE = "key derivation ARGON2ID: memory in KiB must be 8192 to 1048576, not 8";

    private final StageBench stage = new StageBench();
    private final Channels channels = StageBench.offered(stage.add(ChannelsStage::new), Channels.class);

    @AfterEach
    void close() {
        stage.close();
    }

    private static Channels.Join join(String nameOrInvite, KdfParameters byName) {
        return new Channels.Join(
                Optional.empty(), nameOrInvite, Mode.OPEN, Optional.ofNullable(byName), Optional.of(Network.REGTEST));
    }

    private String invite(KdfParameters kdf) {
        return stage.channelKeys.encode(
                new Invite(Network.REGTEST, kdf, ChannelKeys.DEFAULT_START_DAY, new byte[16], "den"));
    }

    private void refused(String why, Channels.Join request) {
        assertEquals(
                why,
                assertThrows(NoSuchThingException.class, () -> channels.terms(request))
                        .getMessage());
        assertEquals(
                why,
                assertThrows(NoSuchThingException.class, () -> channels.join(request, PASSPHRASE))
                        .getMessage());
    }

    @Test
    void anInviteOutsideTheLimitsIsRefused() throws Exception {
        refused(
                "the invite is rejected: " + TOO_LITTLE + "; ask for an invite to another channel",
                join(invite(TINY), null));
        assertTrue(channels.listAll().isEmpty());
    }

    @Test
    void soIsAChannelThatIsJoinedOrMadeByName() throws Exception {
        refused(TOO_LITTLE, join("den", TINY));
        Channels.Create request =
                new Channels.Create(Optional.empty(), "den", Mode.OPEN, TINY, Optional.of(Network.REGTEST));
        assertEquals(
                TOO_LITTLE,
                assertThrows(NoSuchThingException.class, () -> channels.create(request, PASSPHRASE))
                        .getMessage());
        assertTrue(channels.listAll().isEmpty());
        assertEquals(0, stage.suites.argon2id().calls(), "nothing was derived for it");
    }

    /** A derivation that accepts everything, as another bundle's may. */
    private static final class Careless implements KeyDerivation {
        @Override
        public KdfId id() {
            return KdfId.ARGON2ID;
        }

        @Override
        public void requireLimits(KdfParameters parameters) {
            // Everything is within its limits.
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            throw new AssertionError("it was asked to derive");
        }
    }

    @Test
    void theLimitsHoldWhateverTheDerivationAccepts() {
        stage.suites.add(new Careless());
        refused(TOO_LITTLE, join("den", TINY));
    }

    @Test
    void anInviteToAChannelThatBeginsInTheFutureIsRefused() throws Exception {
        int today = Days.of(stage.clock.instant());
        refused(
                "the invite's channel starts in the future: check this server's clock",
                join(
                        stage.channelKeys.encode(new Invite(Network.REGTEST, CHEAP, today + 2, new byte[16], "den")),
                        null));
        // Clocks differ.
        channels.join(
                join(
                        stage.channelKeys.encode(new Invite(Network.REGTEST, CHEAP, today + 1, new byte[16], "den")),
                        null),
                PASSPHRASE);
        assertEquals(1, channels.listAll().size());
    }

    @Test
    void theTermsSayWhatTheInviteAsksFor() throws Exception {
        KdfParameters weak = new KdfParameters(KdfId.ARGON2ID, 2, 19_456, 1);
        assertEquals(
                new Channels.Terms("den", Optional.of(Network.REGTEST), weak),
                channels.terms(join(invite(weak), null)));
        assertTrue(channels.terms(join(invite(weak), null)).isWeakerThanDefault());
        Channels.Terms usual = channels.terms(
                new Channels.Join(Optional.empty(), "den", Mode.OPEN, Optional.empty(), Optional.empty()));
        assertEquals(new Channels.Terms("den", Optional.empty(), KdfParameters.ARGON2ID_DEFAULT), usual);
        assertFalse(usual.isWeakerThanDefault());
    }

    @Test
    void theTermsNeedNoOpenStore() throws Exception {
        stage.forget();
        assertEquals("den", channels.terms(join(invite(CHEAP), null)).name());
    }

    /** Argon2id on a server without memory to spare. */
    private static final class Hungry implements KeyDerivation {
        private final KdfMemory none = new KdfMemory(new KdfMemory.Heap() {
            @Override
            public long most() {
                return 1 << 20;
            }

            @Override
            public long used() {
                return most();
            }

            @Override
            public void collect() {
                // All of it is in use.
            }
        });

        @Override
        public KdfId id() {
            return KdfId.ARGON2ID;
        }

        @Override
        public void requireMemory(KdfParameters parameters) {
            none.require(parameters);
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            throw new AssertionError("it was asked to derive");
        }
    }

    @Test
    void moreMemoryThanThereIsToSpareIsRefusedBeforeAPassphraseIsAskedFor() {
        stage.suites.add(new Hungry());
        refused(
                "key derivation ARGON2ID: its memory cost is 8192 KiB, but this server can use only 0 KiB of "
                        + "its heap of 1024 KiB; choose a lower memory cost, or start the server with a larger "
                        + "PARTYLINE_HEAP",
                join(invite(CHEAP), null));
    }

    @Test
    void whoIsInvitedWithinTheLimitsIsIn() throws Exception {
        channels.join(join(invite(CHEAP), null), PASSPHRASE);
        assertEquals(
                List.of("den"),
                channels.listAll().stream().map(Channels.Channel::name).toList());
        assertEquals(List.of(Network.REGTEST), stage.reception.joined);
    }

    @Test
    void aChannelBeginsANewChainWhenItIsTold() throws Exception {
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        stage.join("plaza", Mode.RATCHET);
        assertEquals(0, channels.beginNewChains());
        stage.guard.transact(tx -> {
            tx.put(SendChainRecord.TABLE, Keys.of(lobby.id()), Keys.ALL, new byte[] {1}, null);
            return null;
        });
        assertEquals(1, channels.beginNewChains());
        assertEquals(0, stage.store.count(SendChainRecord.TABLE));
        assertEquals(0, channels.beginNewChains());
    }
}
