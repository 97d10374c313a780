package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Backups.Change;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.settings.FeeSettings;
import org.partyline.backup.BackupService.Content;
import org.partyline.backup.BackupService.SavedPersona;
import org.partyline.engine.conversation.AccountRecord;
import org.partyline.engine.delivery.KeptTransaction;
import org.partyline.engine.delivery.KeptTransactionRecords;
import org.partyline.engine.store.Cbor;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** What is restored has its coins: it pays from the accounts of the wallets that it had. */
class BackupTest {
    private static final char[] PASSPHRASE = "backup passphrase".toCharArray();

    @TempDir
    Path directory;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a");
    /** The same wallets, seen from the home of another machine. */
    private final TestNetwork.Node elsewhere = network.node("b");

    private TestServer alice;
    private TestServer other;
    private Path file;

    @BeforeEach
    void twoHomes() throws Exception {
        file = directory.resolve("alice.backup");
        alice = TestServer.fresh(clock, node);
        other = TestServer.fresh(clock, elsewhere);
        alice.personas().rename("me", "alice");
    }

    @AfterEach
    void close() {
        alice.close();
        other.close();
    }

    private List<Change> restore() throws Exception {
        alice.backups().exportTo(file, PASSPHRASE);
        List<Change> previewed = other.backups().preview(file, PASSPHRASE).changes();
        List<Change> done = other.backups().importFrom(file, PASSPHRASE).changes();
        assertEquals(previewed, done);
        return done;
    }

    /** The account that pays for a message of a persona. */
    private String payer(String persona) throws Exception {
        int before = elsewhere.accounts.size();
        other.messages().send(new Messages.Send(Optional.of(persona), "lobby", "hello", Optional.empty(), false));
        TestServer.await("it is paid", () -> elsewhere.accounts.size() > before);
        return elsewhere.accounts.get(before);
    }

    private List<String> personas(TestServer server) throws Exception {
        return server.personas().list().stream()
                .map(p -> p.name() + " " + p.account() + (p.current() ? " current" : ""))
                .toList();
    }

    @Test
    void aRestoredPersonaPaysFromTheAccountItHad() throws Exception {
        alice.join("lobby", Mode.RATCHET);
        List<Change> changes = restore();
        assertEquals(List.of("alice  current"), personas(other));
        assertEquals(
                "takes the place of 'me' that was never used", changes.get(0).detail());
        assertEquals("", payer("alice"));
    }

    @Test
    void everyPersonaAndEveryAccountOfContactsIsKept() throws Exception {
        alice.know(other, "bob");
        alice.contacts().setAccount(Optional.empty(), "bob", "shop");
        alice.personas().create("work");
        alice.personas().use("work");
        alice.join("lobby", Mode.RATCHET);
        restore();
        assertEquals(List.of("alice ", "work p3 current"), personas(other));
        assertEquals("p3", payer("work"));
        assertEquals(
                List.of("alice:", "alice:p2", "work:p3"),
                other.wallets().list().stream()
                        .map(h -> h.persona() + ":" + h.status().orElseThrow().account())
                        .toList());
        assertEquals(List.of("", "p2", "p3"), other.wallets().accounts());
        assertEquals(
                "p2",
                other.unlocked().conversations.contacts().stream()
                        .findFirst()
                        .orElseThrow()
                        .account());
        assertEquals(4, number(other.personas().create("next")));
    }

    private static int number(Persona persona) {
        return Integer.parseInt(persona.account().substring(1));
    }

    @Test
    void theOnlyPersonaThatIsLeftHasItsOwnAccountAndNotTheFirst() throws Exception {
        alice.personas().create("work");
        alice.personas().delete("alice");
        alice.join("lobby", Mode.RATCHET);
        restore();
        assertEquals(List.of("work p2 current"), personas(other));
        assertNull(other.unlocked().personas.keys(1), "the one whose place it took is still listened for");
        assertEquals("p2", payer("work"));
    }

    @Test
    void aPersonaOfTheSameNameThatWasNeverUsedGivesWayWithItsAccount() throws Exception {
        alice.personas().create("work");
        alice.personas().create("me");
        alice.personas().delete("work");
        restore();
        assertEquals(List.of("alice  current", "me p3"), personas(other));
    }

    @Test
    void anAccountThatIsSomebodyElsesIsNotShared() throws Exception {
        other.join("lobby", Mode.RATCHET);
        alice.join("lobby", Mode.RATCHET);
        List<Change> changes = restore();
        assertEquals(List.of("me  current", "alice p2"), personas(other));
        assertTrue(changes.get(0).detail().contains("somebody else's"), changes::toString);
        assertEquals("p2", payer("alice"));
    }

    @Test
    void whatIsRestoredTwiceIsThereOnce() throws Exception {
        alice.know(other, "bob");
        alice.contacts().setAccount(Optional.empty(), "bob", "shop");
        alice.join("lobby", Mode.RATCHET);
        alice.personas().create("work");
        restore();
        List<Change> again = other.backups().importFrom(file, PASSPHRASE).changes();
        assertTrue(again.stream().allMatch(change -> change.action().equals("kept")), again::toString);
        assertEquals(List.of("alice  current", "work p3"), personas(other));
        assertEquals(List.of("", "p2", "p3"), other.wallets().accounts());
        assertEquals(1, other.contacts().listAll().size());
        assertEquals(1, other.channels().listAll().size());
    }

    @Test
    void theNextPersonaHasNoAccountOfAContactThatWasRestored() throws Exception {
        alice.know(other, "bob");
        alice.contacts().setAccount(Optional.empty(), "bob", "shop");
        restore();
        assertEquals(3, number(other.personas().create("next")));
    }

    @Test
    void anAccountOfAContactThatIsSomebodyElsesIsNotShared() throws Exception {
        other.know(alice, "alice");
        other.contacts().setAccount(Optional.empty(), "alice", "gifts");
        alice.know(other, "bob");
        alice.contacts().setAccount(Optional.empty(), "bob", "shop");
        List<Change> changes = restore();
        assertEquals(List.of("me  current", "alice p3"), personas(other));
        assertEquals(List.of("", "p2", "p3", "p4"), other.wallets().accounts());
        assertEquals("alice/shop", changes.get(2).name());
        assertEquals(
                "its number p2 is somebody else's here: it gets another one, and its coins stay where they are",
                changes.get(2).detail());
    }

    /** A persona that was deleted here may have a transaction that is still on its way. */
    @Test
    void theAccountOfATransactionThatIsOnItsWayIsNotShared() throws Exception {
        alice.personas().create("work");
        other.join("lobby", Mode.RATCHET);
        other.store.transact(tx -> {
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
                            List.of()));
            return null;
        });
        List<Change> changes = restore();
        assertTrue(
                changes.stream()
                        .anyMatch(change -> change.name().equals("work")
                                && change.detail().startsWith("its account p2 is somebody else's here")),
                changes::toString);
        assertFalse(personas(other).contains("work p2"), personas(other)::toString);
    }

    /** Saves again with other personas. */
    private void rewrite(UnaryOperator<SavedPersona> change) throws Exception {
        try (SecretBytes opened = TestServer.backupFile().open(Files.readAllBytes(file), PASSPHRASE)) {
            Content content = Cbor.read(opened.expose(), Content.class);
            Content changed = new Content(
                    content.form(),
                    content.made(),
                    content.personas().stream().map(change).toList(),
                    content.settings());
            try (SecretBytes written = SecretBytes.wrap(Cbor.write(changed))) {
                Files.write(file, TestServer.backupFile().seal(written, PASSPHRASE));
            }
        }
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
                accounts);
    }

    @Test
    void aBackupOfBeforeThatSaysNoAccountsHasThePersonasInTheirOrder() throws Exception {
        alice.personas().create("work");
        alice.personas().create("home");
        alice.backups().exportTo(file, PASSPHRASE);
        rewrite(saved -> numbered(saved, 0, null));
        List<Change> changes = other.backups().importFrom(file, PASSPHRASE).changes();
        assertEquals(List.of("alice  current", "work p2", "home p3"), personas(other));
        assertFalse(changes.toString().contains("somebody else's"), changes::toString);
    }

    @Test
    void aNumberThatNoWalletKnowsIsNotTakenOver() throws Exception {
        alice.personas().create("work");
        alice.backups().exportTo(file, PASSPHRASE);
        rewrite(saved -> numbered(
                saved,
                saved.name().equals("work") ? 10_001 : -1,
                List.of(new AccountRecord(10_001, 1, "shop"), new AccountRecord(-7, 1, "den"))));
        List<Change> changes = other.backups().importFrom(file, PASSPHRASE).changes();
        List<String> accounts = other.wallets().accounts();
        assertEquals(6, accounts.size(), accounts::toString);
        assertTrue(
                accounts.stream().allMatch(account -> account.isEmpty() || Integer.parseInt(account.substring(1)) <= 7),
                accounts::toString);
        assertEquals(
                6,
                changes.stream()
                        .filter(change -> change.detail().contains("gets another one"))
                        .count(),
                changes::toString);
    }

    @Test
    void oneOfTheSameNameThatWasUsedKeepsItAndEveryNewNameIsAnother() throws Exception {
        other.join("lobby", Mode.RATCHET);
        alice.personas().rename("alice", "me");
        alice.personas().create("me (2)");
        restore();
        assertEquals(Set.of("me  current", "me (2) p3", "me (2) (2) p2"), Set.copyOf(personas(other)));
    }

    @Test
    void aNewNameFitsToo() throws Exception {
        String long32 = "a".repeat(32);
        other.personas().rename("me", long32);
        other.join("lobby", Mode.RATCHET);
        alice.personas().rename("alice", long32);
        restore();
        assertEquals("a".repeat(28) + " (2)", other.personas().list().get(1).name());
    }

    @Test
    void oneThatWasNeverUsedIsReplacedWithItsPlaceAsTheCurrentOneAndItsAccount() throws Exception {
        other.join("lobby", Mode.RATCHET);
        other.personas().create("alice");
        other.personas().use("alice");
        List<Change> changes = restore();
        assertEquals(List.of("me ", "alice p2 current"), personas(other));
        assertTrue(changes.get(0).detail().startsWith("takes the place of one that was never used"), changes::toString);
    }

    @Test
    void oneThatSomebodyMadeIsNoPlaceholder() throws Exception {
        other.personas().create("mine");
        other.personas().delete("me");
        restore();
        assertTrue(personas(other).contains("mine p2 current"), personas(other)::toString);
        assertTrue(personas(other).contains("alice "), personas(other)::toString);
    }

    @Test
    void whoKnowsSomebodyHasBeenUsed() throws Exception {
        other.know(alice, "alice");
        restore();
        assertTrue(personas(other).contains("me  current"), personas(other)::toString);
    }

    @Test
    void whoHasWrittenBeforeHasBeenUsedToo() throws Exception {
        other.join("lobby", Mode.RATCHET);
        payer("me");
        other.channels().leave(Optional.empty(), "lobby");
        restore();
        assertTrue(personas(other).contains("me  current"), personas(other)::toString);
    }

    @Test
    void onlyTheFirstTakesThePlaceholder() throws Exception {
        alice.personas().create("work");
        List<Change> changes = restore();
        assertEquals(
                List.of("takes the place of 'me' that was never used", ""),
                changes.stream().map(Change::detail).toList());
    }

    /** What is saved is wiped afterwards: copies, not what the server works with. */
    @Test
    void whatASecondBackupHoldsIsWholeToo() throws Exception {
        alice.join("lobby", Mode.RATCHET);
        alice.backups().exportTo(directory.resolve("first.backup"), PASSPHRASE);
        restore();
        try (SecretBytes opened = TestServer.backupFile().open(Files.readAllBytes(file), PASSPHRASE)) {
            SavedPersona saved =
                    Cbor.read(opened.expose(), Content.class).personas().get(0);
            assertFalse(Arrays.equals(new byte[saved.signingSeed().length], saved.signingSeed()));
            assertFalse(Arrays.equals(new byte[saved.agreementPrivate().length], saved.agreementPrivate()));
            assertFalse(Arrays.equals(new byte[saved.inboxSecret().length], saved.inboxSecret()));
            byte[] root = saved.channels().get(0).root();
            assertFalse(Arrays.equals(new byte[root.length], root));
        }
    }

    @Test
    void aSettingThatIsSetHereOrIsUnknownHereStays() throws Exception {
        alice.settings.set("max-bucket", "128");
        alice.settings.set("chain-messages", "10");
        other.settings.set("max-bucket", "256");
        alice.backups().exportTo(file, PASSPHRASE);
        try (SecretBytes opened = TestServer.backupFile().open(Files.readAllBytes(file), PASSPHRASE)) {
            Content content = Cbor.read(opened.expose(), Content.class);
            Map<String, String> settings = new HashMap<>(content.settings());
            settings.put("fee-target", "soon");
            settings.put("nonsense", "1");
            // Whoever restores has not said that real money may be spent here.
            settings.put(FeeSettings.MAINNET_ACCEPTED, "true");
            Content changed = new Content(content.form(), content.made(), content.personas(), settings);
            try (SecretBytes written = SecretBytes.wrap(Cbor.write(changed))) {
                Files.write(file, TestServer.backupFile().seal(written, PASSPHRASE));
            }
        }
        other.backups().importFrom(file, PASSPHRASE);
        assertEquals(256, other.settings.get().sending().maxBucket());
        assertEquals(Map.of("max-bucket", "256", "chain-messages", "10"), other.settings.changed());
    }

    @Test
    void aFileThatIsThereAndAShortPassphraseAreRefused() throws Exception {
        Files.writeString(file, "mine");
        assertThrows(NoSuchThingException.class, () -> alice.backups().exportTo(file, PASSPHRASE));
        assertEquals("mine", Files.readString(file));
        Path another = directory.resolve("another");
        assertThrows(NoSuchThingException.class, () -> alice.backups().exportTo(another, "seven77".toCharArray()));
        assertFalse(Files.exists(another));
    }

    @Test
    void aBackupOfAnotherFormIsRefused() throws Exception {
        try (SecretBytes written = SecretBytes.wrap(Cbor.write(new Content(2, 0, List.of(), Map.of())))) {
            Files.write(file, TestServer.backupFile().seal(written, PASSPHRASE));
        }
        assertThrows(NoSuchThingException.class, () -> other.backups().importFrom(file, PASSPHRASE));
    }

    @Test
    void whatABackupHoldsIsShownBeforeThereIsAStore() throws Exception {
        alice.join("lobby", Mode.RATCHET);
        alice.know(other, "bob");
        alice.contacts().setAccount(Optional.empty(), "bob", "shop");
        alice.backups().exportTo(file, PASSPHRASE);
        try (TestServer none = new TestServer(new MachineStore(), clock, new HashMap<>(), elsewhere)) {
            assertEquals(
                    List.of(
                            "persona alice added",
                            "contact alice/bob added",
                            "channel alice/lobby added",
                            "account alice/shop added"),
                    none.backups().preview(file, PASSPHRASE).changes().stream()
                            .map(c -> c.kind() + " " + c.name() + " " + c.action())
                            .toList());
            none.vault().create(TestServer.STORE_PASSPHRASE);
            none.backups().importFrom(file, PASSPHRASE);
            assertEquals(List.of("alice  current"), personas(none));
        }
    }
}
