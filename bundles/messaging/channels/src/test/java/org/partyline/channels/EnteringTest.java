package org.partyline.channels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.ratchet.Invite;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.personas.PersonaRecords;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Days;
import org.partyline.testkit.messaging.StageBench;

/** Tests who may be in a channel, under which names, and with which keys. */
class EnteringTest {
    private static final char[] PASSPHRASE = "channel passphrase".toCharArray();
    private static final KdfParameters KDF = KdfParameters.ARGON2ID_DEFAULT;

    private final StageBench stage = new StageBench();
    private final ChannelsStage offered = stage.add(ChannelsStage::new);
    private final Channels channels = StageBench.offered(offered, Channels.class);

    @AfterEach
    void close() {
        stage.close();
    }

    private static Channels.Create create(String name) {
        return new Channels.Create(Optional.empty(), name, Mode.RATCHET, KDF, Optional.of(Network.REGTEST));
    }

    private static Channels.Join join(String persona, String nameOrInvite) {
        return new Channels.Join(
                Optional.of(persona), nameOrInvite, Mode.RATCHET, Optional.empty(), Optional.of(Network.REGTEST));
    }

    private byte[] root(StageBench bench) {
        ChannelMembership member =
                bench.people.conversations.members().iterator().next();
        try (SecretBytes root = bench.recognition.beacons.root(member, Days.of(bench.clock.instant()))) {
            return root.expose().clone();
        }
    }

    @Test
    void aPassphraseOfLessThanEightCharactersIsRefused() throws Exception {
        NoSuchThingException refused =
                assertThrows(NoSuchThingException.class, () -> channels.create(create("den"), "1234567".toCharArray()));
        assertEquals(
                "the channel's passphrase has 7 characters: use at least 8, or better, six random words",
                refused.getMessage());
        assertEquals(List.of(), channels.listAll());
        Channels.Channel made = channels.create(create("den"), "12345678".toCharArray());
        assertEquals(channels.listAll(), List.of(made));
        assertEquals("den", made.name());
    }

    /** Nobody who knows only its name can try passphrases in advance. */
    @Test
    void aChannelThatIsMadeHasASaltOfItsOwn() throws Exception {
        channels.create(create("den"), PASSPHRASE);
        String first = channels.invite(Optional.empty(), "den");
        channels.leave(Optional.empty(), "den");
        channels.create(create("den"), PASSPHRASE);
        assertNotEquals(first, channels.invite(Optional.empty(), "den"));
    }

    @Test
    void whoJoinsDaysLaterHasTheSameKeys() throws Exception {
        channels.create(create("den"), PASSPHRASE);
        String invite = channels.invite(Optional.empty(), "den");
        try (StageBench later = new StageBench()) {
            later.clock.pass(Duration.ofDays(3));
            stage.clock.pass(Duration.ofDays(3));
            Channels theirs = StageBench.offered(later.add(ChannelsStage::new), Channels.class);
            assertEquals("den", theirs.join(join("alice", invite), PASSPHRASE).name());
            assertArrayEquals(root(stage), root(later));
        }
        Invite begun = stage.channelKeys.decodeInvite(invite, code -> Optional.empty());
        int days = Days.of(stage.clock.instant()) - begun.startDay();
        try (SecretBytes first =
                        stage.channelKeys.startingRoot(stage.suites.argon2id(), begun.kdf(), begun.salt(), PASSPHRASE);
                SecretBytes today = stage.channelKeys.advance(first, days)) {
            assertArrayEquals(today.expose(), root(stage), "as many days after the first one as have passed");
        }
    }

    @Test
    void aPersonaIsInOneChannelOfANameAndIsToldSoBeforeAnythingIsDerived() throws Exception {
        stage.persona("bob");
        channels.join(join("alice", "den"), PASSPHRASE);
        int derived = stage.suites.argon2id().calls();
        assertEquals(
                "persona 'alice' is already in a channel 'den': leave that one first, or choose another name",
                assertThrows(NoSuchThingException.class, () -> channels.join(join("alice", "den"), PASSPHRASE))
                        .getMessage());
        assertEquals(derived, stage.suites.argon2id().calls());
        channels.join(join("alice", "club"), PASSPHRASE);
        channels.join(join("bob", "den"), PASSPHRASE);
        assertEquals(3, channels.listAll().size());
    }

    /** Runs something else during a derivation. */
    private static final class Meanwhile implements KeyDerivation {
        private final KeyDerivation real;
        private Action action = () -> {};

        interface Action {
            void run() throws PartylineException;
        }

        Meanwhile(KeyDerivation real) {
            this.real = real;
        }

        @Override
        public KdfId id() {
            return real.id();
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            Action now = action;
            action = () -> {};
            try {
                now.run();
            } catch (PartylineException e) {
                throw new AssertionError(e);
            }
            return real.derive(secret, salt, parameters, length);
        }
    }

    @Test
    void twoThatJoinTheSameChannelAtOnceAreOne() throws Exception {
        Meanwhile slow = new Meanwhile(stage.suites.argon2id());
        stage.suites.add(slow);
        slow.action = () -> channels.join(join("alice", "den"), PASSPHRASE);
        assertThrows(NoSuchThingException.class, () -> channels.join(join("alice", "den"), PASSPHRASE));
        assertEquals(1, channels.listAll().size());
    }

    /** Its number may be given to a persona of a backup: that one would be in a channel that it never joined. */
    @Test
    void aPersonaThatIsDeletedWhileItJoinsEntersNothing() throws Exception {
        PersonaRecord bob = stage.persona("bob");
        Meanwhile slow = new Meanwhile(stage.suites.argon2id());
        stage.suites.add(slow);
        slow.action = () -> stage.guard.perform(() -> stage.guard.update(tx -> PersonaRecords.erase(tx, bob.id())));
        assertEquals(
                "there is no persona 'bob': see partyline:persona-list",
                assertThrows(NoSuchThingException.class, () -> channels.join(join("bob", "den"), PASSPHRASE))
                        .getMessage());
        assertEquals(List.of(), channels.listAll());
        assertEquals(0, stage.store.count(MembershipRecord.TABLE));
    }

    @Test
    void aDerivationThatIsDeniedIsNamed() {
        stage.suites.deny("ARGON2ID");
        assertEquals(
                "the key derivation ARGON2ID is stopped or denied: see partyline:suite-list",
                assertThrows(NoSuchThingException.class, () -> channels.join(join("alice", "den"), PASSPHRASE))
                        .getMessage());
    }

    @Test
    void aPersonasChannelsAreListedByNameAndAllOfThemByPersonaFirst() throws Exception {
        stage.persona("bob");
        for (String name : List.of("b", "c", "a")) {
            channels.join(join("bob", name), PASSPHRASE);
        }
        channels.join(join("alice", "z"), PASSPHRASE);
        assertEquals(
                List.of("a", "b", "c"),
                channels.list(Optional.of("bob")).stream()
                        .map(Channels.Channel::name)
                        .toList());
        assertEquals(
                List.of("z", "a", "b", "c"),
                channels.listAll().stream().map(Channels.Channel::name).toList());
    }

    @Test
    void whenTheLastMessageArrivedIsListed() throws Exception {
        ChannelMembership den = stage.join("den", Mode.RATCHET);
        assertEquals(Optional.empty(), channels.listAll().get(0).lastMessage());
        stage.queue(den, "a message");
        assertEquals(
                Optional.of(stage.clock.instant()), channels.listAll().get(0).lastMessage());
    }

    @Test
    void withoutWhoReadsNobodyEntersAndNothingIsDerived() throws Exception {
        stage.stop(Reception.class);
        assertThrows(AbsentException.class, () -> channels.join(join("alice", "den"), PASSPHRASE));
        assertEquals(0, stage.suites.argon2id().calls());
        stage.join("club", Mode.RATCHET);
        assertThrows(AbsentException.class, () -> channels.reading(Optional.empty(), "club"));
    }

    @Test
    void whatIsStoppedIsUsedNoLonger() throws Exception {
        stage.put(Carriers.class, ChannelCarrierTest.carriers());
        Channels.Join rolls = new Channels.Join(
                Optional.empty(),
                "den",
                Mode.RATCHET,
                Optional.empty(),
                Optional.of(Network.REGTEST),
                Optional.of(Carrier.ROLLING));
        channels.join(rolls, PASSPHRASE);
        stage.stop(Carriers.class);
        assertThrows(
                AbsentException.class, () -> channels.carrier(Optional.empty(), "den", Optional.of(Carrier.CONFIRM)));
        stage.stop(Outbox.class);
        assertThrows(AbsentException.class, () -> channels.leave(Optional.empty(), "den"));
        assertFalse(channels.listAll().isEmpty(), "nothing was erased");
    }

    @Test
    void itsServiceIsThereUntilItIsStopped() {
        Set<Class<?>> registered = StageBench.publish(offered::publish);
        assertEquals(Set.of(Channels.class), registered);
        offered.stop();
        assertEquals(Set.of(), registered);
    }
}
