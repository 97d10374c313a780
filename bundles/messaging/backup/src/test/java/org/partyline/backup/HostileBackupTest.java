package org.partyline.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.identity.BackupFile;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.MembershipRecordBuilder;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.StageBench;

/** No backup can import a channel whose key derivation is outside the limits of PROTOCOL 2.1. */
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

    private BackupContent withChannel(BackupContent content, int[] kdf) {
        SavedPersona persona = content.personas().get(0);
        MembershipRecord channel = persona.channels().get(0);
        MembershipRecord changed = MembershipRecordBuilder.builder(channel)
                .kdf(kdf[0])
                .timeCost(kdf[1])
                .memory(kdf[2])
                .parallelism(kdf[3])
                .build();
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
                        persona.contacts(),
                        List.of(changed),
                        persona.number(),
                        persona.accounts())),
                content.settings());
    }

    private Stream<ChannelMembership> channels() {
        return stage.people.conversations.members().stream();
    }

    @Test
    void aBackupWithSuchAChannelIsRefused() throws Exception {
        ChannelMembership den = stage.join("den", Mode.OPEN);
        Path file = directory.resolve("backup");
        backups.exportTo(file, PASSPHRASE);
        stage.guard.open(() -> stage.guard.transact(tx -> {
            tx.delete(MembershipRecord.TABLE, Keys.of(den.id()));
            stage.registry.remove(den);
            return null;
        }));
        BackupContent content = Cbor.read(Files.readAllBytes(file), BackupContent.class);
        for (int[] bad : new int[][] {{1, 1, 8, 1}, {9, 3, 65536, 4}}) {
            Path other = directory.resolve("hostile" + bad[0]);
            Files.write(other, Cbor.write(withChannel(content, bad)));
            NoSuchThingException refusal =
                    assertThrows(NoSuchThingException.class, () -> backups.preview(other, PASSPHRASE));
            assertTrue(
                    refusal.getMessage().startsWith("the backup is damaged or hostile: in its channel 'den', "),
                    refusal.getMessage());
            assertThrows(
                    NoSuchThingException.class, () -> backups.importFrom(other, PASSPHRASE, Backups.Original.GONE));
        }
        assertEquals(0, channels().count());
        backups.importFrom(file, PASSPHRASE, Backups.Original.GONE);
        assertEquals(1, channels().count());
    }
}
