package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.testkit.HandSetClock;

/**
 * The ephemeral keys of a key update are erased once nobody needs them: otherwise someone who later obtains the files
 * could read the messages.
 */
class RekeyErasureTest {
    private final HandSetClock clock = new HandSetClock();
    private final ContactsBench alice = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);

    @BeforeEach
    void aSessionWhoseKeysWereRenewed() throws Exception {
        ContactsBench.meet(alice, bob);
        alice.rekeyMessages(2);
        for (String text : List.of("one", "two")) {
            alice.write("bob", text);
            talk();
        }
        assertEquals(1, alice.state("bob").rekeys);
        assertEquals(1, bob.state("alice").rekeys);
    }

    private List<SessionState> both() throws Exception {
        return List.of(alice.state("bob"), bob.state("alice"));
    }

    @Test
    void theKeyOfTheUpdateIsNotKeptAsIfItWereUnderWay() throws Exception {
        for (SessionState state : both()) {
            assertNull(state.ownPrivate);
            assertNull(state.ownSalt);
            assertNull(state.peerPublic);
            assertNull(state.peerSalt);
        }
    }

    @Test
    void theLastPrivateKeyIsKeptForADayAndNotLonger() throws Exception {
        assertNotNull(alice.state("bob").lastPrivate);
        assertNotNull(bob.state("alice").lastPrivate);
        clock.pass(Duration.ofHours(23));
        alice.keep();
        bob.keep();
        assertNotNull(alice.state("bob").lastPrivate);
        clock.pass(Duration.ofHours(2));
        alice.keep();
        bob.keep();
        assertNull(alice.state("bob").lastPrivate);
        assertNull(bob.state("alice").lastPrivate);
    }

    @Test
    void theChainBeforeIsGoneOnceTheOtherSideIsHeardOnTheNewOne() throws Exception {
        assertNotNull(alice.state("bob").oldChain);
        bob.write("alice", "on the new chain");
        talk();
        assertEquals(List.of("on the new chain"), alice.received());
        assertNull(alice.state("bob").oldChain);
        assertNull(alice.state("bob").lastPublic);
    }

    @Test
    void withTheSessionAllItsKeysGo() throws Exception {
        alice.sessions.close(Optional.empty(), "bob");
        talk();
        for (SessionState state : both()) {
            assertFalse(state.isOpen());
            assertNull(state.chain);
            assertNull(state.ownPrivate);
            assertNull(state.lastPrivate);
            assertNull(state.oldChain);
            assertNull(state.replyChain);
        }
        clock.pass(Duration.ofHours(25));
        alice.keep();
        bob.keep();
        assertEquals(List.of(), alice.chains("bob"));
        assertEquals(List.of(), bob.chains("alice"));
    }

    @Test
    void theChainsOfASessionAreGoneADayAfterTheOtherSideUsedTheNextOne() throws Exception {
        List<Integer> atAlice = numbers(alice, "bob");
        List<Integer> atBob = numbers(bob, "alice");
        clock.pass(Duration.ofHours(2));
        alice.sessions.openAgain(Optional.empty(), "bob");
        talk();
        assertTrue(bob.isOpen("alice"));
        assertTrue(numbers(bob, "alice").containsAll(atBob), "messages may still be on their way");

        clock.pass(Duration.ofHours(25));
        alice.keep();
        bob.keep();
        assertTrue(Collections.disjoint(numbers(alice, "bob"), atAlice));
        assertFalse(Collections.disjoint(numbers(bob, "alice"), atBob), "she may lack his answer");
        alice.write("bob", "I have it");
        talk();
        clock.pass(Duration.ofHours(25));
        alice.keep();
        bob.keep();

        assertTrue(Collections.disjoint(numbers(bob, "alice"), atBob));
        bob.write("alice", "on the new session");
        talk();
        assertEquals(List.of("on the new session"), alice.received());
    }

    /** The numbers of the chains that are read. */
    private static List<Integer> numbers(ContactsBench server, String contact) {
        return server.chains(contact).stream().map(ReceiveChainRecord::number).toList();
    }

    @Test
    void bothGoOnWithOtherChainsThanBefore() throws Exception {
        assertArrayEquals(alice.state("bob").name, newestChain(bob, "alice"));
        assertArrayEquals(bob.state("alice").name, newestChain(alice, "bob"));
        assertFalse(Arrays.equals(alice.state("bob").name, alice.state("bob").oldName));
    }

    private static byte[] newestChain(ContactsBench server, String contact) {
        return server.chains(contact).get(server.chains(contact).size() - 1).session();
    }

    private void talk() throws Exception {
        ContactsBench.talk(alice, bob);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }
}
