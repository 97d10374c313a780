package org.partyline.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.identity.BackupFile;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/** A channel's carrier for messages that do not name one. */
class ChannelCarrierTest {
    private static final char[] PASSPHRASE = "backup passphrase".toCharArray();

    @TempDir
    Path directory;

    /** Writes its content unsealed. */
    private static final class Plain implements BackupFile {
        @Override
        public byte[] seal(SecretBytes content, char[] passphrase) {
            return content.expose().clone();
        }

        @Override
        public SecretBytes open(byte[] file, char[] passphrase) {
            return SecretBytes.wrap(file.clone());
        }
    }

    /** Gives a restored persona other keys, which do not matter here. */
    private static PersonaKeyStore keys(StageBench stage) {
        return (PersonaKeyStore) Proxy.newProxyInstance(
                ChannelCarrierTest.class.getClassLoader(),
                new Class<?>[] {PersonaKeyStore.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "restore" ->
                        new PersonaKeys(
                                ((IdentityRecord) arguments[0]).persona(),
                                stage.identities.generate(stage.random),
                                null,
                                0,
                                0,
                                0,
                                0);
                    case "put" -> {
                        stage.people.personas.put((PersonaKeys) arguments[0]);
                        yield null;
                    }
                    case "remove" -> {
                        stage.people.personas.remove((int) arguments[0]);
                        yield null;
                    }
                    case "expect", "expectInboxes" -> false;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static Backups backups(StageBench stage) {
        stage.put(BackupFile.class, new Plain());
        stage.put(PersonaKeyStore.class, keys(stage));
        return StageBench.offered(stage.add(BackupStage::new), Backups.class);
    }

    @Test
    void aBackupKeepsIt() throws Exception {
        Path file = directory.resolve("backup");
        try (StageBench alice = new StageBench()) {
            ChannelMembership lobby = alice.join("lobby", Mode.OPEN);
            lobby.entry = lobby.entry.withCarrier(Optional.of(Carrier.ROLLING));
            backups(alice).exportTo(file, PASSPHRASE);
        }
        try (StageBench other = new StageBench()) {
            backups(other).importFrom(file, PASSPHRASE, Backups.Original.GONE);
            List<MembershipRecord> stored =
                    other.store.transact(tx -> Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class));
            assertEquals(
                    List.of(Optional.of(Carrier.ROLLING)),
                    stored.stream().map(MembershipRecord::itsCarrier).toList());
            assertEquals(
                    List.of(Optional.of(Carrier.ROLLING)),
                    other.people.conversations.members().stream()
                            .map(ChannelMembership::itsCarrier)
                            .toList());
        }
    }
}
