package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.engine.Backups.Change;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Personas.Persona;

/** What is restored has its coins: it pays from the accounts of the wallets that it had. */
class BackupTest {
    private static final char[] PASSPHRASE = "backup passphrase".toCharArray();

    @TempDir
    Path directory;

    private final TestClock clock = new TestClock();
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
                other.memory().contacts().stream().findFirst().orElseThrow().account());
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
        alice.personas().create("work");
        restore();
        assertTrue(other.backups().importFrom(file, PASSPHRASE).changes().stream()
                .allMatch(change -> change.action().equals("kept")));
        assertEquals(List.of("alice  current", "work p2"), personas(other));
        assertFalse(personas(other).contains("me"));
    }

    @Test
    void whatABackupHoldsIsShownBeforeThereIsAStore() throws Exception {
        alice.join("lobby", Mode.RATCHET);
        alice.backups().exportTo(file, PASSPHRASE);
        try (TestServer none = new TestServer(new MemoryStore(), clock, new HashMap<>(), elsewhere)) {
            assertEquals(
                    List.of("persona alice added", "channel alice/lobby added"),
                    none.backups().preview(file, PASSPHRASE).changes().stream()
                            .map(c -> c.kind() + " " + c.name() + " " + c.action())
                            .toList());
            none.vault().create(TestServer.STORE_PASSPHRASE);
            none.backups().importFrom(file, PASSPHRASE);
            assertEquals(List.of("alice  current"), personas(none));
        }
    }
}
