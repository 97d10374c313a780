package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** A restored backup has its coins: it pays from the accounts of the wallets that it had. */
class BackupTest {
    private static final char[] PASSPHRASE = "backup passphrase".toCharArray();

    @TempDir
    Path directory;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a");
    /** The same wallets, seen from another machine's home. */
    private final TestNetwork.Node elsewhere = network.node("b");

    private TestServer alice;
    private TestServer other;

    @BeforeEach
    void twoHomes() throws Exception {
        alice = TestServer.fresh(clock, node);
        other = TestServer.fresh(clock, elsewhere);
        alice.personas().rename("me", "alice");
    }

    @AfterEach
    void close() {
        alice.close();
        other.close();
    }

    /** Returns the accounts that pay for the session that is offered to a contact, and for a message of a persona. */
    private Set<String> payers(String persona) throws Exception {
        other.messages().send(new Messages.Send(Optional.of(persona), "lobby", "hello", Optional.empty(), false));
        TestServer.await(
                "both are paid",
                () -> other.messages().outbox(false).stream().noneMatch(outgoing -> outgoing.fee() == 0));
        return Set.copyOf(elsewhere.accounts);
    }

    private List<String> personas() throws Exception {
        return other.personas().list().stream()
                .map(p -> p.name() + " " + p.account() + (p.current() ? " current" : ""))
                .toList();
    }

    @Test
    void everyPersonaAndEveryAccountOfContactsIsKept() throws Exception {
        alice.know(other, "bob");
        alice.contacts().setAccount(Optional.empty(), "bob", "shop");
        alice.personas().create("work");
        alice.personas().use("work");
        alice.join("lobby", Mode.RATCHET);
        Path file = directory.resolve("alice.backup");
        alice.backups().exportTo(file, PASSPHRASE);
        other.backups().importFrom(file, PASSPHRASE, Backups.Original.GONE);
        assertEquals(List.of("alice ", "work p3 current"), personas());
        assertEquals(Set.of("p2", "p3"), payers("work"));
        assertEquals(
                List.of("alice:", "alice:p2", "work:p3"),
                other.wallets().list().stream()
                        .map(h -> h.persona() + ":" + h.status().orElseThrow().account())
                        .toList());
        assertEquals(List.of("", "p2", "p3"), other.wallets().accounts());
        assertEquals(
                "p2",
                other.people().conversations.contacts().stream()
                        .findFirst()
                        .orElseThrow()
                        .account());
        assertEquals(4, number(other.personas().create("next")));
    }

    /** A token stays limited to the persona that it was created for. */
    @Test
    void aRestoredPersonaIsNotTheErasedOneWhoseNumberItGets() throws Exception {
        alice.personas().create("work");
        Path file = directory.resolve("alice.backup");
        alice.backups().exportTo(file, PASSPHRASE);
        other.personas().create("shop");
        Selection ofShop = new Selection(Optional.of("shop"), Set.of());
        Conversations.Numbers shop = other.conversations().numbers(ofShop);
        assertEquals(ofShop, other.conversations().named(shop));
        other.personas().delete("shop");
        other.backups().importFrom(file, PASSPHRASE, Backups.Original.GONE);
        assertTrue(personas().contains("work p2"), () -> "it has the number of the erased one");
        assertEquals(
                Optional.of(Selection.REMOVED),
                other.conversations().named(shop).persona());
    }

    private static int number(Persona persona) {
        return Integer.parseInt(persona.account().substring(1));
    }
}
