package org.partyline.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.identity.BackupFile;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.ContactRecordBuilder;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.MembershipRecordBuilder;
import org.partyline.messaging.conversation.RevokedKeys;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.StageBench;

/**
 * No backup can import a channel whose key derivation is outside the limits of PROTOCOL 2.1, nor a record that the store
 * could not load.
 */
class HostileBackupTest {
    private static final char[] PASSPHRASE = "backup passphrase".toCharArray();

    private final StageBench stage = new StageBench();
    private Backups backups;

    @TempDir
    Path directory;

    /** Nothing is sealed. */
    private static final class OpenFile implements BackupFile {
        @Override
        public byte[] seal(SecretBytes content, char[] passphrase) {
            return content.expose().clone();
        }

        @Override
        public SecretBytes open(byte[] file, char[] passphrase) {
            return SecretBytes.copyOf(file);
        }
    }

    @BeforeEach
    void start() {
        stage.put(BackupFile.class, new OpenFile());
        // The only persona exists here already: no keys are restored, and no sessions opened.
        stage.put(PersonaKeyStore.class, none(PersonaKeyStore.class));
        stage.put(HandshakeManager.class, none(HandshakeManager.class));
        backups = StageBench.offered(stage.add(BackupStage::new), Backups.class);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static <T> T none(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> method.getReturnType() == boolean.class ? false : null));
    }

    private static BackupContent with(
            BackupContent content, List<ContactRecord> contacts, List<MembershipRecord> channels) {
        SavedPersona persona = content.personas().get(0);
        return new BackupContent(
                content.form(),
                content.made(),
                List.of(new SavedPersona(
                        persona.name(),
                        persona.current(),
                        persona.signingSeed(),
                        persona.agreementPrivate(),
                        persona.inboxSecret(),
                        persona.since(),
                        persona.messages(),
                        contacts,
                        channels,
                        persona.number(),
                        persona.accounts(),
                        persona.revoked())),
                content.settings());
    }

    private static BackupContent withChannel(BackupContent content, UnaryOperator<MembershipRecordBuilder> change) {
        MembershipRecord channel = content.personas().get(0).channels().get(0);
        MembershipRecord changed =
                change.apply(MembershipRecordBuilder.builder(channel)).build();
        return with(content, List.of(), List.of(changed));
    }

    private static ContactRecordBuilder contact() {
        return ContactRecordBuilder.builder()
                .name("bob")
                .network(Network.REGTEST.code())
                .signing(new byte[32])
                .agreement(new byte[32])
                .inboxSecret(new byte[16])
                .trust("VERIFIED")
                .account("bobs")
                .receipts("off");
    }

    private static BackupContent withContact(BackupContent content, UnaryOperator<ContactRecordBuilder> change) {
        return with(content, List.of(change.apply(contact()).build()), List.of());
    }

    private Stream<ChannelMembership> channels() {
        return stage.people.conversations.members().stream();
    }

    private BackupContent exported(Path file) throws Exception {
        ChannelMembership den = stage.join("den", Mode.OPEN);
        backups.exportTo(file, PASSPHRASE);
        stage.guard.open(() -> stage.guard.transact(tx -> {
            tx.delete(MembershipRecord.TABLE, Keys.of(den.id()));
            stage.registry.remove(den);
            return null;
        }));
        return Cbor.read(Files.readAllBytes(file), BackupContent.class);
    }

    private void refused(BackupContent content, String where) throws Exception {
        Path other = directory.resolve("hostile");
        Files.write(other, Cbor.write(content));
        NoSuchThingException refusal =
                assertThrows(NoSuchThingException.class, () -> backups.preview(other, PASSPHRASE));
        assertTrue(
                refusal.getMessage()
                        .startsWith("the file " + other
                                + " cannot be imported: the backup is damaged or hostile: in its " + where + ", "),
                refusal.getMessage());
        assertTrue(refusal.getMessage().endsWith("; use another copy"), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), "one line");
        assertThrows(NoSuchThingException.class, () -> backups.importFrom(other, PASSPHRASE, Backups.Original.GONE));
        assertEquals(0, channels().count());
        assertEquals(0, stage.people.conversations.contacts().size());
    }

    @Test
    void aBackupWithSuchAChannelIsRefused() throws Exception {
        Path file = directory.resolve("backup");
        BackupContent content = exported(file);
        for (int[] bad : new int[][] {{1, 1, 8, 1}, {9, 3, 65536, 4}}) {
            refused(
                    withChannel(
                            content,
                            channel -> channel.kdf(bad[0])
                                    .timeCost(bad[1])
                                    .memory(bad[2])
                                    .parallelism(bad[3])),
                    "channel 'den'");
        }
        backups.importFrom(file, PASSPHRASE, Backups.Original.GONE);
        assertEquals(1, channels().count());
    }

    @Test
    void aChannelThatCannotBeLoadedIsRefused() throws Exception {
        BackupContent content = exported(directory.resolve("backup"));
        for (UnaryOperator<MembershipRecordBuilder> bad : List.<UnaryOperator<MembershipRecordBuilder>>of(
                channel -> channel.network(99),
                channel -> channel.mode("LOUD"),
                channel -> channel.mode(null),
                channel -> channel.salt(null),
                channel -> channel.startDay(-1),
                channel -> channel.root(new byte[31]),
                channel -> channel.root(null),
                channel -> channel.legacyKey(new byte[1]),
                channel -> channel.rootDay(Integer.MIN_VALUE),
                channel -> channel.rootDay(Integer.MAX_VALUE),
                channel -> channel.carrier("no carrier"))) {
            refused(withChannel(content, bad), "channel 'den'");
        }
        refused(withChannel(content, channel -> channel.name("d\nen")), "channel 'd?en'");
        refused(withChannel(content, channel -> channel.name(null)), "channel ''");
    }

    @Test
    void aPersonaWithImpossibleReplacedKeysIsRefused() throws Exception {
        BackupContent content = exported(directory.resolve("backup"));
        SavedPersona persona = content.personas().get(0);
        for (int length : new int[] {31, 33, 32 * (RevokedKeys.MOST + 1)}) {
            refused(
                    new BackupContent(
                            content.form(),
                            content.made(),
                            List.of(new SavedPersona(
                                    persona.name(),
                                    persona.current(),
                                    persona.signingSeed(),
                                    persona.agreementPrivate(),
                                    persona.inboxSecret(),
                                    persona.since(),
                                    persona.messages(),
                                    List.of(),
                                    List.of(),
                                    persona.number(),
                                    persona.accounts(),
                                    new byte[length])),
                            content.settings()),
                    "persona '" + persona.name() + "'");
        }
    }

    @Test
    void aContactThatCannotBeLoadedIsRefused() throws Exception {
        BackupContent content = exported(directory.resolve("backup"));
        for (UnaryOperator<ContactRecordBuilder> bad : List.<UnaryOperator<ContactRecordBuilder>>of(
                contact -> contact.network(99),
                contact -> contact.signing(new byte[31]),
                contact -> contact.agreement(null),
                contact -> contact.inboxSecret(null),
                contact -> contact.formerSigning(new byte[32]),
                contact -> contact.formerAgreement(new byte[1]),
                contact -> contact.revoked(new byte[33]),
                contact -> contact.revoked(new byte[32 * (RevokedKeys.MOST + 1)]),
                contact -> contact.trust("BLIND"),
                contact -> contact.trust(null),
                contact -> contact.account("No account"),
                contact -> contact.receipts("some\ntimes"))) {
            refused(withContact(content, bad), "contact 'bob'");
        }
        Path whole = directory.resolve("whole");
        Files.write(whole, Cbor.write(withContact(content, contact -> contact)));
        backups.importFrom(whole, PASSPHRASE, Backups.Original.IN_USE);
        assertEquals(1, stage.people.conversations.contacts().size());
    }
}
