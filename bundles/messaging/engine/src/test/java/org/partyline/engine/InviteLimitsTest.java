package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.Invite;
import org.partyline.backup.BackupService;
import org.partyline.engine.conversation.MembershipRecord;
import org.partyline.engine.conversation.MembershipRecordBuilder;
import org.partyline.engine.store.Cbor;
import org.partyline.ratchet.ChannelKeySchedule;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Nobody joins a channel whose key derivation is outside the limits of PROTOCOL 2.1, whichever way it comes in. */
class InviteLimitsTest {
    private static final char[] PASSPHRASE = "channel passphrase".toCharArray();
    private static final KdfParameters TINY = new KdfParameters(KdfId.ARGON2ID, 1, 8, 1);
    private static final String TOO_LITTLE = "key derivation ARGON2ID: memory in KiB must be 8192 to 1048576, not 8";

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private TestServer alice;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        alice = TestServer.fresh(clock, network.node("a"));
    }

    @AfterEach
    void close() {
        alice.close();
    }

    private static Channels.Join join(String nameOrInvite, KdfParameters byName) {
        return new Channels.Join(
                Optional.empty(), nameOrInvite, Mode.OPEN, Optional.ofNullable(byName), Optional.of(Network.REGTEST));
    }

    private static String invite(KdfParameters kdf) {
        ChannelKeys keys = TestServer.make(ChannelKeySchedule.class);
        return keys.encode(new Invite(Network.REGTEST, kdf, ChannelKeys.DEFAULT_START_DAY, new byte[16], "den"));
    }

    private void refused(String why, Channels.Join request) {
        assertEquals(
                why,
                assertThrows(NoSuchThingException.class, () -> alice.channels().terms(request))
                        .getMessage());
        assertEquals(
                why,
                assertThrows(NoSuchThingException.class, () -> alice.channels().join(request, PASSPHRASE))
                        .getMessage());
    }

    @Test
    void anInviteOutsideTheLimitsIsRefused() throws Exception {
        refused("the invite is refused: " + TOO_LITTLE + "; ask for another channel's", join(invite(TINY), null));
        assertTrue(alice.channels().listAll().isEmpty());
    }

    @Test
    void soIsAChannelThatIsJoinedOrMadeByName() throws Exception {
        refused(TOO_LITTLE, join("den", TINY));
        Channels.Create request =
                new Channels.Create(Optional.empty(), "den", Mode.OPEN, TINY, Optional.of(Network.REGTEST));
        assertEquals(
                TOO_LITTLE,
                assertThrows(NoSuchThingException.class, () -> alice.channels().create(request, PASSPHRASE))
                        .getMessage());
        assertTrue(alice.channels().listAll().isEmpty());
    }

    @Test
    void theTermsSayWhatTheInviteAsksFor() throws Exception {
        KdfParameters weak = new KdfParameters(KdfId.ARGON2ID, 2, 19_456, 1);
        assertEquals(
                new Channels.Terms("den", Optional.of(Network.REGTEST), weak),
                alice.channels().terms(join(invite(weak), null)));
        assertTrue(alice.channels().terms(join(invite(weak), null)).isWeakerThanDefault());
        Channels.Terms usual = alice.channels()
                .terms(new Channels.Join(Optional.empty(), "den", Mode.OPEN, Optional.empty(), Optional.empty()));
        assertEquals(new Channels.Terms("den", Optional.empty(), KdfParameters.ARGON2ID_DEFAULT), usual);
        assertEquals(false, usual.isWeakerThanDefault());
    }

    @Test
    void theTermsNeedNoOpenStore() throws Exception {
        alice.vault().lock();
        assertEquals(
                "den",
                alice.channels().terms(join(invite(TestServer.CHEAP), null)).name());
    }

    @Test
    void moreMemoryThanThereIsToSpareIsRefusedBeforeAPassphraseIsAskedFor() {
        alice.argon2id.memoryGone = true;
        refused(
                "key derivation ARGON2ID: its memory cost is 8192 KiB, and this server can spare 0 KiB of its heap of 1024 KiB:"
                        + " take a lower memory cost, or start the server with a larger PARTYLINE_HEAP",
                join(invite(TestServer.CHEAP), null));
    }

    @Test
    void aMessageWaitsForMemoryAndLeavesWhenThereIsSome() throws Exception {
        alice.join("den", Mode.OPEN);
        alice.argon2id.memoryGone = true;
        long id = alice.send("den", "hello");
        TestServer.await("waits", () -> alice.messages().outgoing(id).reason().contains("PARTYLINE_HEAP"));
        alice.argon2id.memoryGone = false;
        // As the next block does, or a node that comes.
        alice.kick();
        TestServer.await("leaves", () -> alice.state(id) == Messages.State.SEEN);
    }

    @Test
    void aBackupWithSuchAChannelIsRefused() throws Exception {
        alice.join("den", Mode.OPEN);
        Path file = directory.resolve("backup");
        alice.backups().exportTo(file, PASSPHRASE);
        alice.channels().leave(Optional.empty(), "den");
        BackupService.Content content;
        try (SecretBytes opened = TestServer.backupFile().open(Files.readAllBytes(file), PASSPHRASE)) {
            content = Cbor.read(opened.expose(), BackupService.Content.class);
        }
        BackupService.SavedPersona persona = content.personas().get(0);
        MembershipRecord channel = persona.channels().get(0);
        for (int[] bad : new int[][] {{1, 1, 8, 1}, {9, 3, 65536, 4}}) {
            MembershipRecord hostile = MembershipRecordBuilder.builder()
                    .id(channel.id())
                    .persona(channel.persona())
                    .name(channel.name())
                    .network(channel.network())
                    .mode(channel.mode())
                    .kdf(bad[0])
                    .timeCost(bad[1])
                    .memory(bad[2])
                    .parallelism(bad[3])
                    .salt(channel.salt())
                    .startDay(channel.startDay())
                    .rootDay(channel.rootDay())
                    .root(channel.root())
                    .legacyKey(channel.legacyKey())
                    .lastTimestamp(channel.lastTimestamp())
                    .carrier(channel.carrier())
                    .kdfName(channel.kdfName())
                    .build();
            BackupService.SavedPersona with = new BackupService.SavedPersona(
                    persona.name(),
                    persona.current(),
                    persona.signingSeed(),
                    persona.agreementPrivate(),
                    persona.inboxSecret(),
                    persona.since(),
                    persona.messages(),
                    persona.contacts(),
                    List.of(hostile),
                    persona.number(),
                    persona.accounts());
            BackupService.Content changed =
                    new BackupService.Content(content.form(), content.made(), List.of(with), content.settings());
            Path other = directory.resolve("hostile" + bad[0]);
            Files.write(other, TestServer.backupFile().seal(SecretBytes.wrap(Cbor.write(changed)), PASSPHRASE));
            NoSuchThingException refusal = assertThrows(
                    NoSuchThingException.class, () -> alice.backups().preview(other, PASSPHRASE));
            assertTrue(
                    refusal.getMessage().startsWith("the backup is damaged or hostile: in its channel 'den', "),
                    refusal.getMessage());
            assertThrows(NoSuchThingException.class, () -> alice.backups().importFrom(other, PASSPHRASE));
        }
        assertTrue(alice.channels().listAll().isEmpty());
        alice.backups().importFrom(file, PASSPHRASE);
        assertEquals(1, alice.channels().listAll().size());
    }
}
