package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.mailbox.ReceiptsDue;
import org.partyline.messaging.state.Bus;
import org.partyline.testkit.HandSetClock;

/** Contacts are added, listed, renamed and changed. */
class ContactListTest {
    private static final Optional<String> CURRENT = Optional.empty();

    private final HandSetClock clock = new HandSetClock();
    private final ContactsBench alice = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);
    private final ContactsBench carol = new ContactsBench(clock);

    @AfterEach
    void close() {
        alice.close();
        bob.close();
        carol.close();
    }

    private static void assertRefused(String why, Executable action) {
        assertEquals(why, assertThrows(NoSuchThingException.class, action).getMessage());
    }

    private List<String> names(List<Contact> contacts) {
        return contacts.stream()
                .map(contact -> contact.persona() + "/" + contact.name())
                .toList();
    }

    // ---- adding

    @Test
    void aCardWithSpacesAroundItIsAddedUnderItsNickname() throws Exception {
        Contact added = alice.contacts.add(CURRENT, " " + bob.card() + "\n", Optional.empty());
        assertEquals("alice", added.name(), "the name of bob's persona");
        assertEquals(clock.instant(), added.added());
        assertTrue(added.card());
        assertFalse(added.requiresPostQuantum());
        assertEquals(Optional.empty(), added.receipts());
        assertEquals(Optional.empty(), added.lastMessage());
        assertFalse(alice.stage.audited.contains("contact-key-shared"));
    }

    /** Otherwise a request that waits for the card is never answered: at the next try the card is known. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aContactIsStoredTogetherWithTheAnswerToWhatItSentOrNotAtAll(int commits) throws Exception {
        alice.know(bob, "bob");
        alice.write("bob", "hello");
        ContactsBench.talk(alice, bob);
        assertEquals(1, bob.contacts.waiting(CURRENT).size());
        bob.stage.store.failCommitsAfter(commits);
        if (commits == 0) {
            assertThrows(StoreException.class, () -> bob.know(alice, "alice"));
            assertEquals(List.of(), bob.contacts.list(CURRENT));
        } else {
            bob.know(alice, "alice");
        }
        bob.stage.store.failCommits(0);
        if (commits == 0) {
            bob.know(alice, "alice");
        }
        ContactsBench.talk(alice, bob);
        assertEquals(List.of("alice: hello"), bob.written());
    }

    @Test
    void whatIsNoCardIsRefused() {
        String why = assertThrows(
                        NoSuchThingException.class, () -> alice.contacts.add(CURRENT, "plcard1x", Optional.of("bob")))
                .getMessage();
        assertTrue(why.endsWith("; copy the whole card again"), why);
    }

    @Test
    void aNameThatCannotBeShownIsRefused() throws Exception {
        String card = bob.card();
        String why = "a contact's name must have 1 to 32 bytes of UTF-8, without control or invisible characters or"
                + " surrounding spaces: give one with --name";
        assertRefused(why, () -> alice.contacts.add(CURRENT, card, Optional.of("bob ")));
        alice.know(bob, "bob");
        assertRefused(why, () -> alice.contacts.rename(CURRENT, "bob", ""));
    }

    @Test
    void aPersonasOwnCardIsRefused() throws Exception {
        String own = alice.card();
        assertRefused(
                "this is persona 'alice''s own card: ask the other person for theirs",
                () -> alice.contacts.add(CURRENT, own, Optional.of("me")));
    }

    @Test
    void aCardIsAddedOnceForEachPersona() throws Exception {
        alice.know(bob, "bob");
        assertRefused("this card is already known: it belongs to 'bob'", () -> alice.know(bob, "robert"));
        alice.personas.create("other");
        alice.contacts.add(Optional.of("other"), bob.card(), Optional.of("bob"));
        assertEquals(List.of("alice/bob", "other/bob"), names(alice.contacts.listAll()));
    }

    @Test
    void aNameIsGivenOnceForEachPersona() throws Exception {
        alice.know(bob, "bob");
        assertRefused(
                "a contact named 'bob' already exists: give another name with --name", () -> alice.know(carol, "bob"));
        alice.know(carol, "carol");
        assertRefused(
                "a contact named 'carol' already exists: choose another name",
                () -> alice.contacts.rename(CURRENT, "bob", "carol"));
        assertEquals("bob", alice.contacts.rename(CURRENT, "bob", "bob").name());
        alice.personas.create("other");
        alice.contacts.add(Optional.of("other"), bob.card(), Optional.of("robert"));
        assertEquals("robert", alice.contacts.rename(CURRENT, "bob", "robert").name());
        assertEquals(List.of("alice/carol", "alice/robert"), names(alice.contacts.list(CURRENT)));
    }

    @Test
    void packetsThatArrivedOrWaitedForACardAreReadOnceItIsThere() throws Exception {
        List<String> published = new ArrayList<>();
        alice.stage.bus.on(Bus.Expected.class, event -> published.add("expected"));
        alice.stage.bus.on(Bus.Queued.class, event -> published.add("queued"));
        alice.know(bob, "bob");
        assertEquals(List.of("expected", "queued"), published);
    }

    // ---- listing

    @Test
    void theListIsSortedAndShowsWhatIsUnread() throws Exception {
        ContactsBench.meet(alice, bob);
        alice.know(carol, "aaron");
        clock.pass(Duration.ofSeconds(5));
        bob.write("alice", "hello");
        ContactsBench.talk(alice, bob);
        assertEquals(List.of("alice/aaron", "alice/bob"), names(alice.contacts.list(CURRENT)));
        Contact shown = alice.contacts.list(CURRENT).get(1);
        assertEquals(shown, alice.contacts.get(CURRENT, "bob"));
        assertEquals(1, shown.unread());
        assertEquals(Optional.of(clock.instant()), shown.lastMessage());
        assertEquals(Optional.empty(), alice.contacts.get(CURRENT, "aaron").lastMessage());
    }

    // ---- changing

    @Test
    void aComparedSafetyNumberIsAudited() throws Exception {
        alice.know(bob, "bob");
        alice.verify("bob", true);
        alice.verify("bob", false);
        assertEquals(List.of("contact-verified", "contact-differs"), alice.stage.audited);
    }

    @Test
    void changesAreStoredAndTakeEffectAtOnce() throws Exception {
        alice.know(bob, "bob");
        List<Object> published = new ArrayList<>();
        alice.stage.bus.on(ReceiptsDue.class, published::add);
        alice.stage.bus.on(Bus.Retry.class, published::add);
        int id = alice.contact("bob").id();

        Contact receipts = alice.contacts.setReceipts(CURRENT, "bob", ReceiptMode.PAY);
        assertEquals(Optional.of(ReceiptMode.PAY), receipts.receipts());
        assertStored(receipts);
        Contact required = alice.contacts.requirePostQuantum(CURRENT, "bob", true);
        assertTrue(required.requiresPostQuantum());
        assertStored(required);
        Contact verified = alice.verify("bob", true);
        assertEquals(Trust.VERIFIED, verified.trust());
        assertStored(verified);
        Contact renamed = alice.contacts.rename(CURRENT, "bob", "robert");
        assertEquals("robert", renamed.name());
        assertStored(renamed);
        Contact apart = alice.contacts.setAccount(CURRENT, "robert", "apart");
        assertEquals("apart", apart.account());
        assertStored(apart);
        assertEquals(List.of(new ReceiptsDue(id), new Bus.Retry()), published);
        assertEquals("", alice.contacts.setAccount(CURRENT, "robert", "").account());
        assertEquals("", alice.contacts.get(CURRENT, "robert").account());
    }

    private void assertStored(Contact contact) throws Exception {
        assertEquals(contact, alice.contacts.get(CURRENT, contact.name()));
        try (ContactsBench next = alice.reborn()) {
            assertEquals(contact, next.contacts.get(CURRENT, contact.name()));
        }
    }

    @Test
    void aContactsInboxIsThatOfItsCard() throws Exception {
        alice.know(bob, "bob");
        assertArrayEquals(
                bob.keys().keys.inboxSecret().expose(),
                alice.contact("bob").entry.inboxSecret());
    }
}
