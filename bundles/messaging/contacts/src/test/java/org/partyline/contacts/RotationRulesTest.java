package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Personas.Rotated;
import org.partyline.api.identity.Identities;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.testkit.HandSetClock;

/** When a persona's keys are replaced, who is told, and what is stored (PROTOCOL 6.1). */
class RotationRulesTest {
    private final HandSetClock clock = new HandSetClock();
    private final ContactsBench alice = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private Rotated rotate() throws Exception {
        return alice.personas.rotate(Optional.empty(), false);
    }

    private String id() throws Exception {
        return alice.personas.current().senderId();
    }

    @Test
    void onlyContactsOfThatPersonaAreTold() throws Exception {
        alice.know(bob, "bob");
        alice.personas.create("work");
        alice.contacts.add(Optional.of("work"), bob.card(), Optional.of("robert"));
        Rotated rotated = rotate();
        assertEquals(List.of("bob"), rotated.told());
        assertEquals(List.of(), rotated.untold());
        assertEquals(id(), rotated.persona().senderId());
        assertEquals(List.of("persona-rotated"), alice.stage.audited);
    }

    @Test
    void aContactToWhomNoSessionCanBeOpenedNeedsTheNewCard() throws Exception {
        alice.know(bob, "bob");
        alice.stage.suites.deny("XCHACHA20_POLY1305");
        alice.stage.suites.deny("AES_256_GCM");
        assertEquals(List.of("bob"), rotate().untold());
    }

    @Test
    void afterACompromiseEveryoneWithoutASessionNeedsTheNewCard() throws Exception {
        alice.know(bob, "bob");
        Rotated rotated = alice.personas.rotate(Optional.empty(), true);
        assertEquals(List.of("bob"), rotated.untold());
        assertNull(alice.keys().old);
        assertEquals(List.of("persona-compromised"), alice.stage.audited);
    }

    @Test
    void newKeysAndWhoDoesNotKnowThemAreStored() throws Exception {
        alice.know(bob, "bob");
        String before = id();
        rotate();
        assertNotEquals(before, id());
        try (ContactsBench next = alice.reborn()) {
            assertEquals(id(), next.personas.current().senderId());
            assertFalse(next.contact("bob").entry.told());
            assertNotNull(next.keys().old);
        }
    }

    @Test
    void keysThatCannotBeStoredAreNotUsed() throws Exception {
        String before = id();
        alice.stage.store.failCommits(1);
        List<byte[]> drawn = new ArrayList<>();
        alice.stage.drawn = drawn::add;
        assertThrows(StoreException.class, this::rotate);
        assertEquals(3, drawn.size());
        drawn.forEach(secret -> assertArrayEquals(new byte[secret.length], secret, "it is wiped"));
        assertEquals(before, id());
        alice.card();
    }

    @Test
    void aPersonaThatOnlyReadsKeepsItsKeys() throws Exception {
        alice.keys().copy = true;
        assertTrue(assertThrows(NoSuchThingException.class, this::rotate)
                .getMessage()
                .startsWith("persona 'alice' only reads"));
    }

    @Test
    void oldKeysAreErasedAfterADay() throws Exception {
        rotate();
        clock.pass(Duration.ofHours(24));
        alice.keep();
        assertNotNull(alice.keys().old);
        clock.pass(Duration.ofMillis(1));
        alice.keep();
        assertNull(alice.keys().old);
        try (ContactsBench next = alice.reborn()) {
            assertNull(next.keys().old);
        }
    }

    @Test
    void whoMayNotKnowTheNewKeysIsNamedOnScreensOnceTheOldOnesAreErased() throws Exception {
        ContactsBench.meet(alice, bob);
        ContactsBench.open(alice, bob);
        rotate();
        OutgoingMessage news = alice.queued(PacketType.CONTROL).get(0);
        alice.change((tx, after) -> alice.rotations.unsaid(tx, after, alice.contact("bob"), news));
        int before = alice.notices().size();
        clock.pass(Duration.ofHours(24).plusMillis(1));
        alice.keep();
        assertEquals(before + 1, alice.notices().size());
        assertEquals(
                alice.notices(),
                alice.events().stream()
                        .flatMap(event -> event.message().stream())
                        .filter(message -> message.notice())
                        .map(message -> message.text().orElseThrow())
                        .toList());
    }

    /** Otherwise personas that were created together would show that they belong together. */
    @Test
    void personasOfTheSameAgeChangeTheirKeysAtDifferentTimes() throws Exception {
        for (int i = 0; i < 20; i++) {
            alice.personas.create("persona " + i);
        }
        Duration age = alice.stage.settings.get().sessions().keyAge();
        clock.pass(age.minus(age.dividedBy(30)));
        alice.keep();
        assertEquals(0, changed(), "none is much younger");
        clock.pass(age.dividedBy(60));
        alice.keep();
        long early = changed();
        assertTrue(early > 0 && early < 21, early + " of 21");
        clock.pass(age.dividedBy(60).plusMillis(1));
        alice.keep();
        assertEquals(21, changed());
        assertTrue(alice.stage.audited.contains("persona-rotated"));
    }

    private long changed() throws Exception {
        return alice.stage.people.personas.keys().stream()
                .filter(keys -> keys.old != null)
                .count();
    }

    @Test
    void theNewsWithTheInboxSecretAreWipedOnceTheyAreQueued() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        ContactsBench.open(alice, bob);
        List<byte[]> news = new ArrayList<>();
        alice.stage.put(Identities.class, (Identities) Proxy.newProxyInstance(
                Identities.class.getClassLoader(), new Class<?>[] {Identities.class}, (self, method, arguments) -> {
                    Object result = method.invoke(alice.stage.identities, arguments);
                    if (method.getName().equals("rotation")) {
                        news.add((byte[]) result);
                    }
                    return result;
                }));
        assertEquals(List.of("bob"), rotate().told());
        assertEquals(1, news.size());
        assertArrayEquals(new byte[news.get(0).length], news.get(0));
    }
}
