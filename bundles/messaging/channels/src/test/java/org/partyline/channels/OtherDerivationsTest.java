package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.ratchet.Invite;
import org.partyline.messaging.state.Days;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainDerivation;

/** Channels whose key derivation is from another bundle, with a code outside the api. */
class OtherDerivationsTest {
    private static final char[] PASSPHRASE = "channel passphrase".toCharArray();
    private static final KdfId ROUNDS = new KdfId(201, "ROUNDS");

    private final StageBench alice = new StageBench();
    private final StageBench bob = new StageBench();
    private final Channels alices = StageBench.offered(alice.add(ChannelsStage::new), Channels.class);
    private final Channels bobs = StageBench.offered(bob.add(ChannelsStage::new), Channels.class);

    /** Plain, with its own limits. */
    private record Limited(PlainDerivation plain, int most) implements KeyDerivation {
        Limited(int most) {
            this(new PlainDerivation(ROUNDS), most);
        }

        @Override
        public KdfId id() {
            return ROUNDS;
        }

        @Override
        public void requireLimits(KdfParameters parameters) {
            if (parameters.timeCost() < 2 || parameters.timeCost() > most) {
                throw new KdfLimitsException("key derivation ROUNDS: rounds (time cost) must be 2 to " + most + ", not "
                        + parameters.timeCost());
            }
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            return plain.derive(secret, salt, parameters, length);
        }
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private static Channels.Join by(String invite) {
        return new Channels.Join(Optional.empty(), invite, Mode.RATCHET, Optional.empty(), Optional.empty());
    }

    private byte[] root(StageBench bench) {
        try (SecretBytes root = bench.recognition.beacons.root(
                bench.people.conversations.members().iterator().next(), Days.of(bench.clock.instant()))) {
            return root.expose().clone();
        }
    }

    @Test
    void aChannelOfAnotherDerivationIsMadeAndJoinedByInvite() throws Exception {
        alice.suites.add(new Limited(9));
        KdfParameters costs = new KdfParameters(ROUNDS, 5, 7, 0);
        alices.create(
                new Channels.Create(Optional.empty(), "den", Mode.RATCHET, costs, Optional.of(Network.REGTEST)),
                PASSPHRASE.clone());
        Channels.Join join = by(alices.invite(Optional.empty(), "den"));
        assertMissing(join);
        KeyDerivation theirs = new Limited(9);
        bob.suites.add(theirs);
        assertEquals(costs, bobs.terms(join).kdf());
        bobs.join(join, PASSPHRASE.clone());
        assertArrayEquals(root(alice), root(bob), "they share the channel's key");
        bob.suites.remove(theirs);
        assertEquals(costs, bobs.list(Optional.empty()).get(0).kdf(), "it is kept while it is away");
    }

    private void assertMissing(Channels.Join join) {
        String refused =
                assertThrows(NoSuchThingException.class, () -> bobs.terms(join)).getMessage();
        assertTrue(refused.contains("there is no key derivation 201"), refused);
    }

    @Test
    void anInviteOutsideTheLimitsOfAnotherDerivationIsRefusedBeforeAPassphraseIsAskedFor() throws Exception {
        Limited rounds = new Limited(9);
        alice.suites.add(rounds);
        String invite = alice.channelKeys.encode(
                new Invite(Network.REGTEST, new KdfParameters(ROUNDS, 200, 0, 0), 20_454, new byte[16], "den"));
        assertEquals(
                "key derivation ROUNDS: rounds (time cost) must be 2 to 9, not 200",
                assertThrows(NoSuchThingException.class, () -> alices.terms(by(invite)))
                        .getMessage());
        assertThrows(PartylineException.class, () -> alices.join(by(invite), PASSPHRASE.clone()));
        assertEquals(0, rounds.plain().calls(), "nothing is derived");
        assertEquals(List.of(), alices.list(Optional.empty()));
    }
}
