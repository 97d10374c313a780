package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.store.Keys;

/** New keys that were announced on a session on which the contact may not have read them. */
class UnreadRotationTest extends TwoPeople {
    private static final String UNKNOWN = "bob may not know your present keys, and the previous ones are erased: send"
            + " your new card (partyline:persona-card) to bob by another way";

    /** Bob receives neither alice's answer nor the new keys that follow it. */
    private void answerInVain(boolean compromised) throws Exception {
        bob.write("alice", "are you there?");
        alice.hear(bob.say());
        alice.say();
        clock.pass(Duration.ofMinutes(1));
        assertEquals(
                List.of("bob"),
                alice.personas.rotate(Optional.empty(), compromised).told());
        alice.say();
        assertEquals(0, named());
    }

    private void loseSession() throws Exception {
        alice.change((tx, after) -> alice.handshakes.lost(tx, after, alice.contact("bob")));
    }

    /** How often alice was notified that bob may not know her keys. */
    private long named() throws Exception {
        return alice.notices().stream().filter(UNKNOWN::equals).count();
    }

    private void assertTold(boolean told) throws Exception {
        assertEquals(told, alice.contact("bob").entry.told());
        try (ContactsBench next = alice.reborn()) {
            assertEquals(told, next.contact("bob").entry.told());
        }
    }

    private void passDays() throws Exception {
        for (int day = 0; day < 3; day++) {
            assertEquals(0, named());
            clock.pass(Duration.ofHours(25));
            alice.keep();
            alice.say();
        }
    }

    @Test
    void aContactIsNamedIfTheNewKeysWereAnnouncedOnASessionThatItDoesNotHave() throws Exception {
        answerInVain(true);
        assertTold(true);
        loseSession();
        assertEquals(1, named());
        assertTold(false);
    }

    /** What was announced is deleted from the queue some time after a block has it. */
    @Test
    void aContactIsNamedAlsoWhenTheAnnouncementIsNoLongerKept() throws Exception {
        answerInVain(true);
        OutgoingMessage announced = alice.queued(PacketType.CONTROL).get(0);
        alice.change((tx, after) -> tx.delete(OutgoingRecords.TABLE, Keys.of(announced.id())));
        loseSession();
        assertEquals(1, named());
    }

    @Test
    void aContactThatReadTheNewKeysIsNotNamedWhenTheSessionIsLostLater() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(1));
        alice.personas.rotate(Optional.empty(), true);
        ContactsBench.talk(alice, bob);
        bob.write("alice", "here I am");
        ContactsBench.talk(alice, bob);
        loseSession();
        assertEquals(0, named());
        assertTold(true);
    }

    @Test
    void theyAreAnnouncedOnTheNextSessionWhichIsOpenedWithTheOldOnes() throws Exception {
        answerInVain(false);
        alice.sessions.openAgain(Optional.empty(), "bob");
        ContactsBench.talk(alice, bob);
        assertEquals(
                alice.personas.current().senderId(),
                bob.contacts.get(Optional.empty(), "alice").senderId());
        assertTold(true);
        assertEquals(0, named());
    }

    /** The keys are older than the session: alice answered with the previous ones. */
    @Test
    void aContactIsNamedIfTheAnswerForTheOldKeysIsLostTogetherWithTheNewOnes() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(1));
        alice.personas.rotate(Optional.empty(), false);
        alice.say();
        clock.pass(Duration.ofMinutes(1));
        bob.sessions.openAgain(Optional.empty(), "alice");
        alice.hear(bob.say());
        alice.say();
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertTold(true);
        loseSession();
        assertEquals(1, named());
        assertTold(false);
    }

    /** It may have lost the session: then it takes the next handshake for a stranger's. */
    @Test
    void aContactThatHasNotAnsweredForDaysSinceTheKeysAreNewIsNamed() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(1));
        alice.personas.rotate(Optional.empty(), true);
        alice.say();
        passDays();
        assertEquals(1, named());
        assertTold(false);
        ContactsBench.talk(alice, bob);
        for (Packet packet : alice.said) {
            bob.hear(packet);
        }
        ContactsBench.talk(alice, bob);
        assertTold(true);
    }

    /** A block had them too late for absent readers, but this one was there. */
    @Test
    void aContactThatMayLackTheKeysIsSentTheNextOnesOnItsSessionAllTheSame() throws Exception {
        ContactsBench.open(alice, bob);
        alice.personas.rotate(Optional.empty(), false);
        ContactsBench.talk(alice, bob);
        OutgoingMessage late = alice.queued(PacketType.CONTROL).get(0);
        alice.change((tx, after) -> alice.rotations.unsaid(tx, after, alice.contact("bob"), late));
        assertTold(false);
        assertEquals(
                List.of("bob"), alice.personas.rotate(Optional.empty(), true).untold());
        ContactsBench.talk(alice, bob);
        assertEquals(
                alice.personas.current().senderId(),
                bob.contacts.get(Optional.empty(), "alice").senderId());
        assertTold(false);
    }

    @Test
    void aContactThatHasWrittenSinceTheKeysAreNewIsNotNamed() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(1));
        alice.personas.rotate(Optional.empty(), true);
        alice.say();
        clock.pass(Duration.ofMinutes(1));
        bob.write("alice", "here I am");
        alice.hear(bob.say());
        passDays();
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
        assertEquals(0, named());
    }
}
