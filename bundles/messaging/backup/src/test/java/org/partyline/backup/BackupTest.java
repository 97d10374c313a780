package org.partyline.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Backups.Change;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.BackupFile.DamagedBackupException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.ContactRecordBuilder;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.MembershipRecordBuilder;
import org.partyline.messaging.conversation.RevokedKeys;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.personas.Accounts;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.WaitingHandshake;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;

/** The contents of a backup, and what exists after it was restored in another home, above all who has its coins. */
class BackupTest {
    private static final char[] PASSPHRASE = "backup passphrase".toCharArray();

    @TempDir
    Path directory;

    private final HandSetClock clock = new HandSetClock();
    private BackupBench alice;
    private BackupBench other;
    private Path file;

    @BeforeEach
    void twoHomes() throws Exception {
        file = directory.resolve("alice.backup");
        alice = new BackupBench(clock, "alice");
        other = new BackupBench(clock, "me");
    }

    @AfterEach
    void close() {
        alice.close();
        other.close();
    }

    private List<Change> restore() throws Exception {
        Files.deleteIfExists(file);
        alice.backups.exportTo(file, PASSPHRASE);
        List<Change> previewed = other.backups.preview(file, PASSPHRASE).changes();
        List<Change> done = other.backups
                .importFrom(file, PASSPHRASE, Backups.Original.GONE)
                .changes();
        assertEquals(previewed, done);
        return done;
    }

    // ---- the accounts of restored personas

    @Test
    void aRestoredPersonaPaysFromTheAccountItHad() throws Exception {
        alice.join("alice", "lobby");
        List<Change> changes = restore();
        assertEquals(List.of("alice  current"), other.personas());
        assertEquals("replaces 'me', which was never used", changes.get(0).detail());
        assertEquals("", other.payer("alice"));
    }

    @Test
    void everyPersonaAndEveryAccountOfContactsIsKept() throws Exception {
        alice.know("bob", "shop");
        alice.create("work");
        alice.use("work");
        alice.join("work", "lobby");
        restore();
        assertEquals(List.of("alice ", "work p3 current"), other.personas());
        assertEquals("p3", other.payer("work"));
        assertEquals(List.of("", "p2", "p3"), other.accounts());
        assertEquals("p2", other.contacts().get(0).account());
        assertEquals(4, other.nextNumber());
    }

    @Test
    void theOnlyPersonaThatIsLeftHasItsOwnAccountAndNotTheFirst() throws Exception {
        alice.create("work");
        alice.delete("alice");
        alice.join("work", "lobby");
        restore();
        assertEquals(List.of("work p2 current"), other.personas());
        assertNull(other.stage.people.personas.keys(1), "the one whose place it took is still listened for");
        assertEquals("p2", other.payer("work"));
    }

    @Test
    void aPersonaOfTheSameNameThatWasNeverUsedGivesWayWithItsAccount() throws Exception {
        alice.create("work");
        alice.create("me");
        alice.delete("work");
        restore();
        assertEquals(List.of("alice  current", "me p3"), other.personas());
    }

    @Test
    void anAccountThatIsSomebodyElsesIsNotShared() throws Exception {
        other.join("me", "lobby");
        alice.join("alice", "lobby");
        List<Change> changes = restore();
        assertEquals(List.of("me  current", "alice p2"), other.personas());
        assertEquals(
                "its account (the wallets' first) is already in use by another persona: it gets a new account, and "
                        + "its coins stay in the old one",
                changes.get(0).detail());
        assertEquals("p2", other.payer("alice"));
    }

    @Test
    void whatIsRestoredTwiceIsThereOnce() throws Exception {
        alice.know("bob", "shop");
        alice.join("alice", "lobby");
        alice.create("work");
        restore();
        List<Change> again = other.backups
                .importFrom(file, PASSPHRASE, Backups.Original.GONE)
                .changes();
        assertTrue(again.stream().allMatch(change -> change.action().equals("kept")), again::toString);
        assertEquals(List.of("alice  current", "work p3"), other.personas());
        assertEquals(List.of("", "p2", "p3"), other.accounts());
        assertEquals(1, other.contacts().size());
        assertEquals(1, other.channels().size());
    }

    /** A contact whose sessions must be protected would otherwise get its next messages over one that is not. */
    @Test
    void aRestoredContactKeepsWhatWasSetForIt() throws Exception {
        ContactConversation bob = alice.know("bob", "shop");
        alice.run(tx -> {
            bob.entry =
                    bob.entry.withReceipts("off").withRequiresPostQuantum(true).withTrust("VERIFIED");
            ContactEntries.put(tx, bob.entry);
            return null;
        });
        restore();
        ContactRecord restored = other.contacts().get(0).entry;
        assertTrue(restored.requiresPostQuantum());
        assertEquals("off", restored.receipts());
        assertEquals("VERIFIED", restored.trust());
        assertEquals("shop", restored.account());
    }

    @Test
    void theNextPersonaHasNoAccountOfAContactThatWasRestored() throws Exception {
        alice.know("bob", "shop");
        restore();
        assertEquals(3, other.nextNumber());
    }

    @Test
    void anAccountOfAContactThatIsSomebodyElsesIsNotShared() throws Exception {
        other.know("alice", "gifts");
        alice.know("bob", "shop");
        List<Change> changes = restore();
        assertEquals(List.of("me  current", "alice p3"), other.personas());
        assertEquals(List.of("", "p2", "p3", "p4"), other.accounts());
        assertEquals("alice/shop", changes.get(2).name());
        assertEquals(
                "its number p2 is already in use by another persona: it gets a new account, and its coins "
                        + "stay in the old one",
                changes.get(2).detail());
    }

    /** A persona that was deleted here may have a transaction in flight. */
    @Test
    void theAccountOfATransactionThatIsOnItsWayIsNotShared() throws Exception {
        alice.create("work");
        other.join("me", "lobby");
        other.run(tx -> {
            KeptTransactionRecords.put(
                    tx,
                    new KeptTransaction(
                            "rolling",
                            new byte[8],
                            2,
                            0,
                            "b",
                            new byte[0],
                            new byte[32],
                            100,
                            100,
                            null,
                            true,
                            List.of(),
                            false));
            return null;
        });
        List<Change> changes = restore();
        assertTrue(
                changes.stream()
                        .anyMatch(change -> change.name().equals("work")
                                && change.detail().startsWith("its account p2 is already in use")),
                changes::toString);
        assertFalse(other.personas().contains("work p2"), other.personas()::toString);
    }

    // ---- backups with unusual contents

    @FunctionalInterface
    private interface Rewriting {
        BackupContent change(BackupContent content);
    }

    /** Writes the backup again with other contents. */
    private void rewrite(Rewriting change) throws Exception {
        write(change.change(content()));
    }

    private BackupContent content() throws Exception {
        try (SecretBytes opened = new PlainBackupFile().open(Files.readAllBytes(file), PASSPHRASE)) {
            return Cbor.read(opened.expose(), BackupContent.class);
        }
    }

    private void write(BackupContent content) throws Exception {
        try (SecretBytes written = SecretBytes.wrap(Cbor.write(content))) {
            Files.write(file, new PlainBackupFile().seal(written, PASSPHRASE));
        }
    }

    private void rewritePersonas(UnaryOperator<SavedPersona> change) throws Exception {
        rewrite(content -> new BackupContent(
                content.form(),
                content.made(),
                content.personas().stream().map(change).toList(),
                content.settings()));
    }

    private static SavedPersona numbered(SavedPersona saved, int number, List<AccountRecord> accounts) {
        return new SavedPersona(
                saved.name(),
                saved.current(),
                saved.signingSeed(),
                saved.agreementPrivate(),
                saved.inboxSecret(),
                saved.since(),
                saved.messages(),
                saved.contacts(),
                saved.channels(),
                number,
                accounts,
                saved.revoked());
    }

    @Test
    void aBackupOfBeforeThatSaysNoAccountsHasThePersonasInTheirOrder() throws Exception {
        alice.create("work");
        alice.create("home");
        alice.backups.exportTo(file, PASSPHRASE);
        rewritePersonas(saved -> numbered(saved, 0, null));
        List<Change> changes = other.backups
                .importFrom(file, PASSPHRASE, Backups.Original.GONE)
                .changes();
        assertEquals(List.of("alice  current", "work p2", "home p3"), other.personas());
        assertFalse(changes.toString().contains("already in use"), changes::toString);
    }

    @Test
    void aNumberThatNoWalletKnowsIsNotTakenOver() throws Exception {
        alice.create("work");
        alice.backups.exportTo(file, PASSPHRASE);
        rewritePersonas(saved -> numbered(
                saved,
                saved.name().equals("work") ? 10_001 : -1,
                List.of(new AccountRecord(10_001, 1, "shop"), new AccountRecord(-7, 1, "den"))));
        List<Change> changes = other.backups
                .importFrom(file, PASSPHRASE, Backups.Original.GONE)
                .changes();
        List<String> accounts = other.accounts();
        assertEquals(6, accounts.size(), accounts::toString);
        assertTrue(
                accounts.stream().allMatch(account -> account.isEmpty() || Integer.parseInt(account.substring(1)) <= 7),
                accounts::toString);
        assertEquals(
                6,
                changes.stream()
                        .filter(change -> change.detail().contains("gets a new"))
                        .count(),
                changes::toString);
    }

    @Test
    void theHighestNumberThatWalletsKnowIsTakenOver() throws Exception {
        alice.backups.exportTo(file, PASSPHRASE);
        rewritePersonas(saved -> numbered(saved, 10_000, List.of()));
        other.backups.importFrom(file, PASSPHRASE, Backups.Original.GONE);
        assertEquals(List.of("alice p10000 current"), other.personas());
    }

    @Test
    void aBackupOfAnotherFormIsRefused() throws Exception {
        write(new BackupContent(2, 0, List.of(), Map.of()));
        assertThrows(
                NoSuchThingException.class, () -> other.backups.importFrom(file, PASSPHRASE, Backups.Original.GONE));
    }

    @Test
    void theSecretsThatABackupIsMadeOfAreWipedOnceItIsSealed() throws Exception {
        alice.create("work");
        alice.join("work", "lobby");
        alice.backups.exportTo(file, PASSPHRASE);
        assertWipedBy(content -> ((BackupService) alice.backups).seal(content, PASSPHRASE));
    }

    @Test
    void theSecretsOfABackupAreWipedOnceTheyAreBroughtInOrCannotBe() throws Exception {
        alice.create("work");
        alice.join("work", "lobby");
        alice.backups.exportTo(file, PASSPHRASE);
        assertWipedBy(content -> ((BackupService) other.backups).bringIn(content, Backups.Original.GONE));
        assertEquals(2, other.personas().size());
        other.stage.forget();
        assertWipedBy(content -> assertThrows(
                StoreException.class, () -> ((BackupService) other.backups).bringIn(content, Backups.Original.GONE)));
    }

    @Test
    void theSecretsOfABackupThatIsRefusedAreWiped() throws Exception {
        alice.create("work");
        alice.join("work", "lobby");
        alice.backups.exportTo(file, PASSPHRASE);
        for (UnaryOperator<BackupContent> bad : List.<UnaryOperator<BackupContent>>of(
                content -> new BackupContent(2, content.made(), content.personas(), content.settings()), content -> {
                    content.personas()
                            .forEach(saved -> saved.channels()
                                    .replaceAll(channel -> MembershipRecordBuilder.builder(channel)
                                            .network(99)
                                            .build()));
                    return content;
                })) {
            assertWipedBy(content -> assertThrows(
                    NoSuchThingException.class, () -> ((BackupService) other.backups).checked(bad.apply(content))));
        }
    }

    @FunctionalInterface
    private interface Use {
        void of(BackupContent content) throws Exception;
    }

    private static BackupContent withLegacyKeys(BackupContent content) {
        content.personas()
                .forEach(saved -> saved.channels()
                        .replaceAll(channel -> MembershipRecordBuilder.builder(channel)
                                .legacyKey("the key of messages of version 1".getBytes(StandardCharsets.US_ASCII))
                                .build()));
        return content;
    }

    /** With the secrets of two personas and a channel. */
    private void assertWipedBy(Use use) throws Exception {
        BackupContent content = withLegacyKeys(content());
        List<byte[]> secrets = new ArrayList<>();
        for (SavedPersona persona : content.personas()) {
            secrets.addAll(List.of(persona.signingSeed(), persona.agreementPrivate(), persona.inboxSecret()));
            persona.channels().forEach(channel -> secrets.addAll(List.of(channel.root(), channel.legacyKey())));
        }
        assertEquals(8, secrets.size());
        for (byte[] secret : secrets) {
            assertFalse(Arrays.equals(new byte[secret.length], secret));
        }
        use.of(content);
        for (byte[] secret : secrets) {
            assertArrayEquals(new byte[secret.length], secret);
        }
    }

    // ---- names, and replaced personas

    @Test
    void oneOfTheSameNameThatWasUsedKeepsItAndEveryNewNameIsAnother() throws Exception {
        other.join("me", "lobby");
        alice.rename("alice", "me");
        alice.create("me (2)");
        List<Change> changes = restore();
        assertEquals(Set.of("me  current", "me (2) p3", "me (2) (2) p2"), Set.copyOf(other.personas()));
        assertEquals(
                List.of("renamed", "renamed"),
                changes.stream().map(Change::action).toList());
        assertTrue(changes.get(0).detail().startsWith("as 'me (2)': its name is already in use"), changes::toString);
    }

    @Test
    void aNewNameIsNoneThatIsInUseEither() throws Exception {
        other.join("me", "lobby");
        other.create("me (2)");
        other.countMessage("me (2)");
        alice.rename("alice", "me");
        restore();
        assertEquals(List.of("me  current", "me (2) p2", "me (3) p3"), other.personas());
    }

    @Test
    void onePersonaIsUnusedWhateverAnotherWasUsedFor() throws Exception {
        other.know("carol");
        other.join("me", "lobby");
        other.create("alice");
        List<Change> changes = restore();
        assertEquals(List.of("me  current", "alice p2"), other.personas());
        assertEquals("added", changes.get(0).action());
        assertTrue(changes.get(0).detail().startsWith("replaces one, which was never used"), changes::toString);
    }

    @Test
    void aPersonaThatIsInTheBackupTooGivesWayToNoOtherOfIt() throws Exception {
        restore();
        alice.know("bob");
        alice.create("work");
        alice.use("work");
        List<Change> changes = restore();
        assertEquals(List.of("alice  current", "work p2"), other.personas());
        assertEquals(
                List.of("kept", "added", "added"),
                changes.stream().map(Change::action).toList());
        assertEquals(1, other.contacts().get(0).persona());
    }

    @Test
    void norDoesOneWhoseNameAnotherOfTheBackupHas() throws Exception {
        other.join("me", "lobby");
        restore();
        alice.rename("alice", "home");
        alice.create("alice");
        restore();
        assertEquals(List.of("me  current", "alice p2", "alice (2) p3"), other.personas());
        assertArrayEquals(
                alice.stage.keys().keys.signingSeed().expose(),
                other.stage.people.personas.require(2).keys.signingSeed().expose());
    }

    @Test
    void whereABackupNamesNoCurrentPersonaThereIsOneAllTheSame() throws Exception {
        alice.use("nobody");
        restore();
        assertEquals(List.of("alice  current"), other.personas());
    }

    @Test
    void aNewNameFitsToo() throws Exception {
        String long32 = "a".repeat(32);
        other.rename("me", long32);
        other.join(long32, "lobby");
        alice.rename("alice", long32);
        restore();
        assertEquals("a".repeat(28) + " (2) p2", other.personas().get(1));
    }

    @Test
    void oneThatWasNeverUsedIsReplacedWithItsPlaceAsTheCurrentOneAndItsAccount() throws Exception {
        other.join("me", "lobby");
        other.create("alice");
        other.use("alice");
        List<Change> changes = restore();
        assertEquals(List.of("me ", "alice p2 current"), other.personas());
        assertTrue(changes.get(0).detail().startsWith("replaces one, which was never used"), changes::toString);
    }

    @Test
    void oneThatSomebodyMadeIsNoPlaceholder() throws Exception {
        other.create("mine");
        other.delete("me");
        restore();
        assertTrue(other.personas().contains("mine p2 current"), other.personas()::toString);
        assertTrue(other.personas().contains("alice "), other.personas()::toString);
    }

    @Test
    void whoKnowsSomebodyHasBeenUsed() throws Exception {
        other.know("alice");
        restore();
        assertTrue(other.personas().contains("me  current"), other.personas()::toString);
    }

    /** Its contact was removed since; the account may have coins. */
    @Test
    void whoHasAnotherAccountHasBeenUsed() throws Exception {
        other.run(tx -> Accounts.ensure(tx, 1, "shop"));
        alice.rename("alice", "me");
        alice.join("me", "lobby");
        restore();
        assertEquals(List.of("me  current", "me (2) p3"), other.personas());
        assertEquals(List.of("", "p2", "p3"), other.accounts());
    }

    /** Someone has its card, and waits to be added. */
    @Test
    void whoWasAskedForASessionHasBeenUsed() throws Exception {
        other.run(tx -> {
            tx.put(WaitingHandshake.TABLE, Keys.of(1, new byte[1]), Keys.of(1), new byte[1], null);
            return null;
        });
        restore();
        assertEquals(List.of("me  current", "alice p2"), other.personas());
    }

    @Test
    void whoHasWrittenBeforeHasBeenUsedToo() throws Exception {
        other.join("me", "lobby");
        other.countMessage("me");
        other.leave("lobby");
        restore();
        assertTrue(other.personas().contains("me  current"), other.personas()::toString);
    }

    @Test
    void onlyTheFirstTakesThePlaceholder() throws Exception {
        alice.create("work");
        List<Change> changes = restore();
        assertEquals(
                List.of("replaces 'me', which was never used", ""),
                changes.stream().map(Change::detail).toList());
    }

    // ---- further contents

    private List<String> restoreOver() throws Exception {
        return restore().stream()
                .map(change -> change.kind() + " " + change.name() + " " + change.action() + " " + change.detail())
                .toList();
    }

    /** A second persona would answer its contacts, too: both answers would use the same key. */
    @Test
    void aPersonaWhosePreviousKeysContactsMayUseIsNotRestoredBesideItself() throws Exception {
        restore();
        other.rotate("alice");
        assertEquals(List.of("persona alice kept its newer keys are already on this server"), restoreOver());
    }

    /** Someone else may know those keys; the persona would use them again, beside itself. */
    @Test
    void aPersonaWhoseKeysWereReplacedLongAgoIsNotRestoredBesideItself() throws Exception {
        restore();
        other.rotate("alice");
        other.rotate("alice");
        assertEquals(List.of("persona alice kept its newer keys are already on this server"), restoreOver());
        assertEquals(List.of("alice  current"), other.personas());
    }

    @Test
    void aRestoredPersonaKnowsTheKeysThatItReplaced() throws Exception {
        byte[] first = alice.stage.keys().keys.identity().signing();
        alice.rotate("alice");
        restore();
        assertTrue(RevokedKeys.has(other.stage.keys().revoked, first));
    }

    @Test
    void aContactOfABackupFromBeforeTheKeysWereReplacedHasNotBeenTold() throws Exception {
        alice.know("bob");
        restore();
        assertTrue(other.contacts().get(0).entry.told());
        alice.know("carol");
        restoreOver();
        assertTrue(other.contacts().get(1).entry.told(), "it knows the present keys");
        alice.know("dave");
        other.rotate("alice");
        restoreOver();
        assertFalse(other.contacts().get(2).entry.told());
    }

    @Test
    void aContactWhoseSavedKeysWereReplacedHereIsNotAddedAgain() throws Exception {
        alice.know("bob");
        restore();
        ContactConversation bob = other.contacts().get(0);
        bob.entry = ContactRecordBuilder.builder(bob.entry)
                .name("bobby")
                .revoked(RevokedKeys.with(null, bob.entry.signing()))
                .signing(new byte[32])
                .agreement(new byte[32])
                .build();
        assertEquals(
                List.of(
                        "persona alice kept its keys are already on this server",
                        "contact alice/bob kept the existing one is kept"),
                restoreOver());
        assertEquals(1, other.contacts().size());
    }

    @Test
    void toAPersonaThatIsHereComesWhatItLacks() throws Exception {
        ContactConversation carol = alice.know("carol");
        ContactConversation erin = alice.know("erin");
        ContactConversation frank = alice.know("frank");
        alice.know("bob", "shop");
        alice.join("alice", "lobby");
        restore();
        carol.entry = ContactRecordBuilder.builder(carol.entry).name("caroline").build();
        erin.entry = ContactRecordBuilder.builder(erin.entry)
                .signing(new byte[32])
                .agreement(new byte[32])
                .build();
        // Someone with the same signing key but another name is a different person.
        frank.entry = ContactRecordBuilder.builder(frank.entry)
                .name("francis")
                .agreement(new byte[32])
                .build();
        alice.know("dave", "gifts");
        alice.join("alice", "den");
        assertEquals(
                List.of(
                        "persona alice kept its keys are already on this server",
                        "contact alice/caroline kept the existing one is kept",
                        "contact alice/erin kept one of this name with other keys is kept: rename it to add this one",
                        "contact alice/francis added ",
                        "contact alice/bob kept the existing one is kept",
                        "contact alice/dave added ",
                        "channel alice/lobby kept the existing one is kept",
                        "channel alice/den added ",
                        "account alice/shop kept the existing one is kept",
                        "account alice/gifts added "),
                restoreOver());
        assertEquals(
                List.of("bob", "carol", "dave", "erin", "francis", "frank"),
                other.contacts().stream()
                        .map(ContactConversation::name)
                        .sorted()
                        .toList());
        assertEquals(2, other.channels().size());
    }

    /** A person or a channel that is only named like one here is not here. */
    @Test
    void aContactOrChannelThatOnlyHasTheNameOfOneHereIsSaidNotToBeAdded() throws Exception {
        alice.know("bob");
        alice.join("alice", "lobby");
        restore();
        ContactConversation bob = other.contacts().get(0);
        bob.entry = ContactRecordBuilder.builder(bob.entry)
                .signing(new byte[32])
                .agreement(new byte[32])
                .build();
        ChannelMembership lobby = other.channels().get(0);
        lobby.entry =
                MembershipRecordBuilder.builder(lobby.entry).salt(new byte[16]).build();
        assertEquals(
                List.of(
                        "persona alice kept its keys are already on this server",
                        "contact alice/bob kept one of this name with other keys is kept: rename it to add this one",
                        "channel alice/lobby kept another one of this name is kept: leave it to add this one"),
                restoreOver());
    }

    /** The backup has the keys that the contact had before it announced new ones here. */
    @Test
    void aContactThatHasNewKeysAndAnotherNameHereIsNotAddedAgain() throws Exception {
        alice.know("bob");
        restore();
        ContactConversation bob = other.contacts().get(0);
        ContactRecord before = bob.entry;
        bob.entry = ContactRecordBuilder.builder(before)
                .name("bobby")
                .signing(new byte[32])
                .agreement(new byte[32])
                .formerSigning(before.signing())
                .formerAgreement(before.agreement())
                .build();
        assertEquals(
                "contact alice/bob kept the existing one is kept", restoreOver().get(1));
        bob.entry = ContactRecordBuilder.builder(bob.entry)
                .formerAgreement(new byte[32])
                .build();
        assertEquals("contact alice/bob added ", restoreOver().get(1), "only one of the two keys");
    }

    @Test
    void allOfItIsStoredToo() throws Exception {
        alice.know("bob");
        restore();
        assertEquals(
                List.of(1),
                other.run(tx -> Tables.all(tx, IdentityRecord.TABLE, IdentityRecord.class)).stream()
                        .map(IdentityRecord::persona)
                        .toList());
        assertEquals(
                List.of("bob"),
                other.run(tx -> Tables.all(tx, ContactRecord.TABLE, ContactRecord.class)).stream()
                        .map(ContactRecord::name)
                        .toList());
        assertEquals(0, other.contacts().get(0).entry.accountNumber());
        assertEquals(List.of(""), other.accounts());
    }

    @Test
    void packetsOfTodayAndTomorrowAreExpectedInARestoredChannel() throws Exception {
        alice.join("alice", "lobby");
        List<Bus.Expected> told = new ArrayList<>();
        other.stage.bus.on(Bus.Expected.class, told::add);
        restore();
        int today = Days.of(clock.instant());
        assertFalse(other.stage.recognition.beacons.add(other.channels().get(0), today, today + 1));
        assertEquals(1, told.size());
    }

    /** The keys of each day would be derived again from the first one: a hostile backup has one of 1970. */
    @Test
    void daysThatAreNotReadAreNotImported() throws Exception {
        alice.join("alice", "lobby");
        alice.join("alice", "den");
        alice.backups.exportTo(file, PASSPHRASE);
        int today = Days.of(clock.instant());
        BackupContent hostile = withLegacyKeys(content());
        List<MembershipRecord> saved = hostile.personas().get(0).channels();
        saved.set(
                0,
                MembershipRecordBuilder.builder(saved.get(0))
                        .startDay(0)
                        .rootDay(0)
                        .build());
        write(hostile);
        other.backups.importFrom(file, PASSPHRASE, Backups.Original.GONE);
        int oldest =
                today - (int) other.stage.settings.get().reading().catchUp().toDays();
        ChannelMembership lobby = other.channels().get(0);
        assertEquals(oldest, lobby.entry.rootDay());
        try (SecretBytes first = SecretBytes.copyOf(saved.get(0).root());
                SecretBytes expected = other.stage.channelKeys.advance(first, oldest)) {
            assertArrayEquals(expected.expose(), lobby.toStore().root());
        }
        assertArrayEquals(saved.get(0).legacyKey(), lobby.toStore().legacyKey());
        assertEquals(today, other.channels().get(1).entry.rootDay());
        assertFalse(other.stage.recognition.beacons.add(lobby, oldest, today + 1));
        assertEquals(
                Set.of(oldest, today),
                other.run(tx -> Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class)).stream()
                        .map(MembershipRecord::rootDay)
                        .collect(Collectors.toSet()));
    }

    /** Other members may have opened their chains before: as for someone who joins, the openers are looked for. */
    @Test
    void blocksOfTheLastDayAreReadForAChannelThatIsAddedAndForNothingElse() throws Exception {
        restore();
        assertEquals(List.of(), other.stage.reception.joined);
        alice.join("alice", "lobby");
        alice.join("alice", "den");
        restore();
        assertEquals(List.of(Network.REGTEST), other.stage.reception.joined);
        restore();
        assertEquals(List.of(Network.REGTEST), other.stage.reception.joined, "both were kept");
    }

    @Test
    void aRestoredSessionIsToBeOpenedUntilItIs() throws Exception {
        alice.know("bob");
        other.unopened = true;
        restore();
        assertEquals(List.of("session-waits", "backup-imported"), other.stage.audited);
        assertTrue(other.session("bob").restored);
    }

    /** Everything else was imported by then, and the session is marked as to be opened. */
    @Test
    void whereADiskIsFullWhenSessionsAreOpenedTheErrorSaysWhatWasImported() throws Exception {
        alice.know("bob");
        alice.stage.settings.set("default-ttl", "7d");
        alice.backups.exportTo(file, PASSPHRASE);
        other.full = true;
        assertEquals(
                "the backup was imported, but sessions are opened only when the store can be written again: "
                        + "the disk is full: free some space",
                assertThrows(
                                PartylineException.class,
                                () -> other.backups.importFrom(file, PASSPHRASE, Backups.Original.GONE))
                        .getMessage());
        assertEquals(List.of("alice  current"), other.personas());
        assertTrue(other.session("bob").restored);
        assertEquals(Map.of("default-ttl", "7d"), other.stage.settings.changed());
        assertEquals(List.of("backup-imported"), other.stage.audited);
    }

    /** The keys with which the persona would inform them are not in the backup: they are named when it offers a session. */
    @Test
    void whoDoesNotKnowTheNewestKeysIsStillToBeInformed() throws Exception {
        ContactConversation bob = alice.know("bob");
        ContactConversation carol = alice.know("carol");
        ContactConversation dave = alice.know("dave");
        byte[] rotate = {ControlCodes.ROTATE};
        alice.stage.queue(carol, PacketType.CONTROL, rotate.clone());
        long sent = alice.stage.queue(dave, PacketType.CONTROL, rotate.clone());
        alice.stage.outbox.change(sent, now -> now.ended(MessageEvent.RECALLED, ""));
        alice.run(tx -> {
            bob.entry = bob.entry.withTold(false);
            ContactEntries.put(tx, bob.entry);
            return null;
        });
        restore();
        assertEquals(
                Map.of("bob", false, "carol", false, "dave", true),
                other.contacts().stream()
                        .collect(Collectors.toMap(ContactConversation::name, contact -> contact.entry.told())));
    }

    /** A persona whose original is in use, with a contact without a card, beside a persona of this server. */
    private void restoreCopy() throws Exception {
        other.know("carol");
        alice.know("bob");
        ContactConversation stranger = alice.know("stranger");
        stranger.entry =
                ContactRecordBuilder.builder(stranger.entry).signing(null).build();
        alice.backups.exportTo(file, PASSPHRASE);
        other.backups.importFrom(file, PASSPHRASE, Backups.Original.IN_USE);
        assertFalse(other.session("bob").restored);
        clock.pass(Duration.ofHours(1));
    }

    @Test
    void whatTakesOverSendsAgainAlsoAfterAnotherStart() throws Exception {
        restoreCopy();
        assertEquals(1, other.backups.takeOver().sessions());
        assertEquals(List.of("bob"), other.opened);
        long now = clock.instant().toEpochMilli();
        assertEquals(now, other.stage.people.personas.require(2).restored);
        IdentityRecord stored = other.run(tx -> Tables.all(tx, IdentityRecord.TABLE, IdentityRecord.class)).stream()
                .filter(keys -> keys.persona() == 2)
                .findFirst()
                .orElseThrow();
        assertEquals(now, stored.restored());
        assertFalse(stored.copy());
    }

    @Test
    void aSessionThatCannotBeOpenedWhenItTakesOverIsOpenedLater() throws Exception {
        restoreCopy();
        other.unopened = true;
        assertEquals(0, other.backups.takeOver().sessions());
        assertTrue(other.session("bob").restored);
        assertFalse(other.session("carol").restored);
        assertTrue(other.stage.audited.contains("session-waits"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Sessions.State.class,
            names = {"OPEN", "OPENING"})
    void aSessionThatStandsIsNotOpenedOnceMoreWhenItTakesOver(Sessions.State state) throws Exception {
        restoreCopy();
        other.set("bob", state);
        other.backups.takeOver();
        assertFalse(other.session("bob").restored);
    }

    @Test
    void whatCannotBeStoredTakesNothingOver() throws Exception {
        restoreCopy();
        other.stage.store.failCommits(1);
        assertThrows(StoreException.class, () -> other.backups.takeOver());
        assertTrue(other.stage.people.personas.require(2).copy);
        other.backups.takeOver();
        assertFalse(other.stage.people.personas.require(2).copy);
    }

    @ParameterizedTest
    @ValueSource(classes = {Outbox.class, HandshakeManager.class, PersonaKeyStore.class, Reception.class})
    void nothingIsBroughtInWhileAPartIsMissing(Class<?> part) throws Exception {
        alice.backups.exportTo(file, PASSPHRASE);
        other.stage.stop(part);
        assertThrows(AbsentException.class, () -> other.backups.importFrom(file, PASSPHRASE, Backups.Original.IN_USE));
        assertEquals(List.of("me  current"), other.personas());
        other.stage.start(part);
        other.backups.importFrom(file, PASSPHRASE, Backups.Original.IN_USE);
        assertEquals(List.of("alice  current"), other.personas());
        if (part != PersonaKeyStore.class) {
            other.stage.stop(part);
            assertThrows(AbsentException.class, () -> other.backups.takeOver());
        }
    }

    @Test
    void itsServiceIsThereUntilItIsStopped() {
        BackupStage stage = new BackupStage(other.stage.context);
        Set<Class<?>> registered = StageBench.publish(stage::publish);
        assertEquals(Set.of(Backups.class), registered);
        stage.stop();
        assertEquals(Set.of(), registered);
    }

    @Test
    void keysAreTheSameAndInboxesAreExpectedAndSessionsOpenedAnew() throws Exception {
        alice.know("bob");
        alice.set("bob", Sessions.State.OPEN);
        alice.know("carol");
        restore();
        assertArrayEquals(
                alice.stage.keys().keys.signingSeed().expose(),
                other.stage.keys().keys.signingSeed().expose());
        assertNotEquals(0, other.stage.keys().restored, "so that nothing is sealed under a key that was used");
        assertEquals(List.of(1), other.expected);
        assertEquals(List.of("bob", "carol"), other.opened, "carol's may have been opened since the backup was made");
        assertEquals(List.of("backup-made"), alice.stage.audited);
        assertEquals(List.of("backup-imported"), other.stage.audited);
    }

    @Test
    void whatIsRestoredBesideItsOriginalOpensNoSessionUntilItTakesOver() throws Exception {
        alice.know("bob");
        alice.set("bob", Sessions.State.OPEN);
        alice.backups.exportTo(file, PASSPHRASE);
        assertThrows(NoSuchThingException.class, () -> other.backups.takeOver());
        other.backups.importFrom(file, PASSPHRASE, Backups.Original.IN_USE);
        assertTrue(other.stage.keys().copy);
        assertEquals(List.of(), other.opened);
        assertEquals(new Backups.Taken(List.of("alice"), 1), other.backups.takeOver());
        assertFalse(other.stage.keys().copy);
        assertEquals(List.of("bob"), other.opened);
        assertEquals(List.of("backup-imported", "restore-taken-over"), other.stage.audited);
    }

    /** Saved data is wiped afterwards: copies, not what the server uses. */
    @Test
    void whatASecondBackupHoldsIsWholeToo() throws Exception {
        alice.join("alice", "lobby");
        alice.backups.exportTo(directory.resolve("first.backup"), PASSPHRASE);
        restore();
        SavedPersona saved = content().personas().get(0);
        assertFalse(Arrays.equals(new byte[saved.signingSeed().length], saved.signingSeed()));
        assertFalse(Arrays.equals(new byte[saved.agreementPrivate().length], saved.agreementPrivate()));
        assertFalse(Arrays.equals(new byte[saved.inboxSecret().length], saved.inboxSecret()));
        byte[] root = saved.channels().get(0).root();
        assertFalse(Arrays.equals(new byte[root.length], root));
    }

    @Test
    void aSettingThatIsSetHereOrIsUnknownHereStays() throws Exception {
        alice.stage.settings.set("max-bucket", "128");
        alice.stage.settings.set("chain-messages", "10");
        other.stage.settings.set("max-bucket", "256");
        alice.backups.exportTo(file, PASSPHRASE);
        rewrite(content -> {
            Map<String, String> settings = new HashMap<>(content.settings());
            settings.put("nonsense", "1");
            // A restored setting does not accept spending real money here.
            settings.put(FeeSettings.MAINNET_ACCEPTED, "true");
            return new BackupContent(content.form(), content.made(), content.personas(), settings);
        });
        other.stage.settings.unportable.addAll(Set.of("nonsense", FeeSettings.MAINNET_ACCEPTED));
        assertEquals(
                Set.of(
                        "max-bucket kept the existing value is kept",
                        "chain-messages added 10",
                        "nonsense kept unknown to this version",
                        FeeSettings.MAINNET_ACCEPTED + " kept unknown to this version"),
                other.backups.preview(file, PASSPHRASE).changes().stream()
                        .filter(change -> change.kind().equals("setting"))
                        .map(change -> change.name() + " " + change.action() + " " + change.detail())
                        .collect(Collectors.toSet()));
        other.backups.importFrom(file, PASSPHRASE, Backups.Original.GONE);
        assertEquals(Map.of("max-bucket", "256", "chain-messages", "10"), other.stage.settings.changed());
    }

    @Test
    void eachSettingThatCannotBeStoredIsNamedAndTheOthersAreStored() throws Exception {
        alice.stage.settings.set("chain-messages", "10");
        alice.stage.settings.set("default-ttl", "7d");
        alice.stage.settings.set("max-bucket", "128");
        alice.backups.exportTo(file, PASSPHRASE);
        other.stage.settings.unwritable.addAll(Set.of("chain-messages", "max-bucket"));
        assertEquals(
                "personas, contacts and channels were imported, but not all settings: chain-messages is unchanged: "
                        + "check the disk, and try again with partyline:config chain-messages \"10\"; "
                        + "partyline:config max-bucket \"128\"",
                assertThrows(
                                PartylineException.class,
                                () -> other.backups.importFrom(file, PASSPHRASE, Backups.Original.GONE))
                        .getMessage());
        assertEquals(Map.of("default-ttl", "7d"), other.stage.settings.changed());
    }

    @Test
    void aFileThatIsThereAndAShortPassphraseAreRefused() throws Exception {
        Files.writeString(file, "mine");
        assertThrows(NoSuchThingException.class, () -> alice.backups.exportTo(file, PASSPHRASE));
        assertEquals("mine", Files.readString(file));
        Path another = directory.resolve("another");
        assertThrows(NoSuchThingException.class, () -> alice.backups.exportTo(another, "seven77".toCharArray()));
        assertFalse(Files.exists(another));
    }

    @Test
    void whatWasSavedIsCountedAndTheFileIsKnownToWhoErasesEverything() throws Exception {
        alice.know("bob");
        alice.know("carol");
        alice.join("alice", "lobby");
        assertEquals(
                new Backups.Summary(file, 0, 1, 2, 1),
                withoutSize(alice.backups.exportTo(file, "8 signs!".toCharArray())));
        assertEquals(file.toString(), alice.stage.store.note(KnownBackups.NOTE).orElseThrow());
    }

    /** The server may die while it writes. */
    @Test
    void aFileIsKnownBeforeItIsWritten() {
        Path nowhere = directory.resolve("nowhere").resolve("alice.backup");
        assertThrows(NoSuchThingException.class, () -> alice.backups.exportTo(nowhere, PASSPHRASE));
        assertEquals(
                nowhere.toString(), alice.stage.store.note(KnownBackups.NOTE).orElseThrow());
    }

    private static Backups.Summary withoutSize(Backups.Summary summary) throws Exception {
        assertEquals(Files.size(summary.file()), summary.bytes());
        return new Backups.Summary(summary.file(), 0, summary.personas(), summary.contacts(), summary.channels());
    }

    @Test
    void aFileThatIsNotThereOrFarTooLargeIsRefused() throws Exception {
        assertEquals(
                "the file " + file
                        + " cannot be read: there is no such directory or file; give the file that backup-export wrote",
                assertThrows(NoSuchThingException.class, () -> other.backups.preview(file, PASSPHRASE))
                        .getMessage());
        for (Path none : List.of(directory, Path.of("/dev/zero"))) {
            assertEquals(
                    "the file " + none
                            + " is a directory or a device, not a backup: give the file that backup-export wrote",
                    assertThrows(NoSuchThingException.class, () -> other.backups.preview(none, PASSPHRASE))
                            .getMessage());
        }
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(65 * 1024 * 1024 + 1);
        }
        assertEquals(
                "the file " + file + " is too large to be a backup: give the file that backup-export wrote",
                assertThrows(NoSuchThingException.class, () -> other.backups.preview(file, PASSPHRASE))
                        .getMessage());
    }

    @Test
    void aFileThatDoesNotOpenIsNamed() throws Exception {
        alice.backups.exportTo(file, PASSPHRASE);
        assertEquals(
                "the file " + file + " cannot be imported: the passphrase is not the one",
                assertThrows(
                                DamagedBackupException.class,
                                () -> other.backups.preview(file, "backup passphrasf".toCharArray()))
                        .getMessage());
        try (SecretBytes nonsense = SecretBytes.wrap(new byte[1])) {
            Files.write(file, new PlainBackupFile().seal(nonsense, PASSPHRASE));
        }
        assertEquals(
                "the file " + file
                        + " cannot be imported: it was written by another version: use that one, or a newer one",
                assertThrows(NoSuchThingException.class, () -> other.backups.preview(file, PASSPHRASE))
                        .getMessage());
    }

    /** While its key is derived, another export writes the file. */
    @Test
    void aBackupThatAnotherExportWroteMeanwhileIsNotOverwritten() throws Exception {
        List<Backups.Summary> first = new ArrayList<>();
        alice.stage.put(BackupFile.class, new PlainBackupFile() {
            @Override
            public byte[] seal(SecretBytes content, char[] passphrase) {
                if (passphrase.length == PASSPHRASE.length) {
                    first.add(
                            assertDoesNotThrow(() -> alice.backups.exportTo(file, "another passphrase".toCharArray())));
                }
                return super.seal(content, passphrase);
            }
        });
        assertThrows(NoSuchThingException.class, () -> alice.backups.exportTo(file, PASSPHRASE));
        assertEquals(1, first.size());
        other.backups.preview(file, "another passphrase".toCharArray());
    }

    @Test
    void nothingOfItIsShownByChance() throws Exception {
        alice.backups.exportTo(file, PASSPHRASE);
        assertEquals("BackupContent", content().toString());
        assertEquals("SavedPersona", content().personas().get(0).toString());
    }

    @Test
    void whatABackupHoldsIsShownBeforeThereIsAStore() throws Exception {
        alice.join("alice", "lobby");
        alice.know("bob", "shop");
        alice.backups.exportTo(file, PASSPHRASE);
        assertEquals(
                List.of(
                        "persona alice added",
                        "contact alice/bob added",
                        "channel alice/lobby added",
                        "account alice/shop added"),
                other.withoutStore().preview(file, PASSPHRASE).changes().stream()
                        .map(c -> c.kind() + " " + c.name() + " " + c.action())
                        .toList());
        // This is imported.
        other.backups.importFrom(file, PASSPHRASE, Backups.Original.GONE);
        assertEquals(List.of("alice  current"), other.personas());
    }
}
