package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Personas are created, listed, renamed and deleted. */
class PersonaListTest {
    private final HandSetClock clock = new HandSetClock();
    private final ContactsBench server = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);

    @AfterEach
    void close() {
        server.close();
        bob.close();
    }

    private static void assertRefused(String why, Executable action) {
        assertEquals(why, assertThrows(NoSuchThingException.class, action).getMessage());
    }

    private List<String> list() throws Exception {
        return server.personas.list().stream()
                .map(persona -> persona.name() + (persona.current() ? "*" : ""))
                .toList();
    }

    @Test
    void aNewPersonaHasKeysOfItsOwnAndIsNotTheCurrentOne() throws Exception {
        Persona created = server.personas.create("work");
        assertEquals("work", created.name());
        assertEquals(clock.instant(), created.keysSince());
        assertNotEquals(server.personas.current().senderId(), created.senderId());
        assertEquals(created, server.personas.get("work"));
        assertEquals(List.of("alice*", "work"), list());
        try (ContactsBench next = server.reborn()) {
            assertEquals(created.senderId(), next.personas.get("work").senderId());
        }
    }

    @Test
    void aNameIsGivenOnce() throws Exception {
        server.personas.create("work");
        String why = "a persona named 'work' already exists: choose another name";
        assertRefused(why, () -> server.personas.create("work"));
        assertRefused(why, () -> server.personas.rename("alice", "work"));
        String invisible = "a persona's name must have 1 to 32 bytes of UTF-8, without control or invisible"
                + " characters or surrounding spaces: choose another one";
        assertRefused(invisible, () -> server.personas.create(" work"));
        assertRefused(invisible, () -> server.personas.rename("alice", ""));
        assertEquals("work", server.personas.rename("work", "work").name());
        assertEquals(List.of("alice*", "work"), list());
    }

    @Test
    void anotherPersonaBecomesTheCurrentOne() throws Exception {
        server.personas.create("work");
        assertTrue(server.personas.use("work").current());
        assertEquals(List.of("alice", "work*"), list());
        assertEquals("work", server.personas.current().name());
    }

    @Test
    void aRenamedPersonaKeepsItsContacts() throws Exception {
        server.know(bob, "bob");
        Persona renamed = server.personas.rename("alice", "alicia");
        assertEquals("alicia", renamed.name());
        assertEquals(List.of("alicia*"), list());
        assertEquals("alicia", server.contacts.get(Optional.of("alicia"), "bob").persona());
    }

    @Test
    void packetsThatArrivedBeforeACardWasShownAreReadThen() throws Exception {
        AtomicInteger expected = new AtomicInteger();
        server.stage.bus.on(Bus.Expected.class, event -> expected.incrementAndGet());
        server.card();
        server.card();
        assertEquals(1, expected.get());
    }

    @Test
    void theOnlyPersonaStays() {
        assertRefused(
                "'alice' is the only persona: create another one first (partyline:persona-create)",
                () -> server.personas.delete("alice"));
    }

    @Test
    void aDeletedPersonaTakesWhatIsItsOwnAndNothingElse() throws Exception {
        Persona work = server.personas.create("work");
        server.know(bob, "bob");
        PersonaRecord other = new PersonaRecord(work.id(), "work", false);
        server.stage.join("lobby", Mode.RATCHET);
        long inChannel = server.stage.queue(server.stage.join("hall", Mode.RATCHET), "in a channel");
        server.stage.join(other, Network.REGTEST, "lobby", Mode.RATCHET);
        server.contacts.add(Optional.of("work"), bob.card(), Optional.of("robert"));
        long ofAlice = server.write("bob", "mine");
        long ofWork = server.write("robert", "from work");

        PacketId packet = PacketId.of(Network.REGTEST.code(), new byte[80]);
        server.stage.recognition.packets.addSent(packet, new PacketIndex.Sent(ofAlice, 0));

        List<Bus.ChannelLeft> left = new ArrayList<>();
        server.stage.bus.on(Bus.ChannelLeft.class, left::add);

        server.personas.delete("alice");

        assertEquals(2, left.size(), "whoever joins these channels again needs packets that were read");
        assertNull(server.stage.recognition.packets.sent(packet));
        assertEquals(1, server.stage.store.count(MessageRecord.TABLE));
        assertEquals(List.of("work*"), list());
        assertEquals(
                List.of("robert"),
                server.contacts.listAll().stream()
                        .map(contact -> contact.name())
                        .toList());
        assertEquals(
                List.of(work.id()),
                server.stage.people.conversations.members().stream()
                        .map(member -> member.persona())
                        .toList());
        assertEquals(1, server.stage.store.count(MembershipRecord.TABLE));
        assertEquals(
                List.of(ofWork),
                server.stage.allOutgoing().stream()
                        .map(outgoing -> outgoing.id())
                        .toList());
        assertEquals(Set.of(ofAlice, inChannel), Set.copyOf(server.stage.sendQueue.released));
        assertEquals(
                List.of(work.id()),
                server.stage.people.personas.keys().stream()
                        .map(keys -> keys.persona)
                        .toList());
        assertEquals(List.of("persona-deleted"), server.stage.audited);
        assertNotEquals(StageBench.ALICE.id(), server.personas.current().id());
    }

    @Test
    void aPersonaWithoutKeysIsGivenSomeThatLast() throws Exception {
        server.change((tx, after) -> {
            tx.delete(IdentityRecord.TABLE, Keys.of(StageBench.ALICE.id()));
            server.owner.load(tx);
        });
        String id = server.personas.current().senderId();
        try (ContactsBench next = server.reborn()) {
            assertEquals(id, next.personas.current().senderId());
        }
    }

    // ---- inboxes

    private Optional<Boolean> isOld(IdentityKeys keys) {
        return server.inbox(keys, Network.REGTEST).map(inbox -> inbox.old);
    }

    @Test
    void handshakesForTheKeysOfBeforeAreRecognisedForADay() throws Exception {
        server.know(bob, "bob");
        server.personas.rotate(Optional.empty(), false);
        assertEquals(Optional.of(false), isOld(server.keys().keys));
        IdentityKeys old = server.keys().old;
        assertEquals(Optional.of(true), isOld(old));
        IdentityKeys copy =
                server.stage.identities.restore(old.signingSeed(), old.agreementPrivate(), old.inboxSecret());
        clock.pass(Duration.ofHours(25));
        server.keep();
        assertEquals(Optional.empty(), isOld(copy));
        assertEquals(Optional.of(false), isOld(server.keys().keys));
    }

    @Test
    void handshakesAreRecognisedOnTheNetworksOfNodesAndOfContacts() throws Exception {
        AtomicInteger expected = new AtomicInteger();
        server.stage.bus.on(Bus.Expected.class, event -> expected.incrementAndGet());
        server.keep();
        assertEquals(0, expected.get());
        server.stage.nodes.add(new TestNetwork(clock).node("a"));
        server.keep();
        assertEquals(1, expected.get(), "packets that had arrived before are read");
        assertEquals(Optional.of(false), isOld(server.keys().keys));
        server.keep();
        assertEquals(1, expected.get());
        server.contacts.add(
                Optional.empty(), bob.personas.card(Optional.empty(), Optional.of(Network.SIGNET)), Optional.of("bob"));
        server.keep();
        assertTrue(server.inbox(server.keys().keys, Network.SIGNET).isPresent());
        assertFalse(server.inbox(server.keys().keys, Network.MAINNET).isPresent());
    }
}
