package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.StoreException;
import org.partyline.engine.conversation.ContactRecord;
import org.partyline.engine.sessions.SessionState;
import org.partyline.engine.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** The ephemeral keys of a key update are gone once nobody can need them: else who takes the files later reads what was said. */
class RekeyErasureTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void aSessionWhoseKeysWereRenewed() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.settings.set("rekey-messages", "2");
        for (String text : new String[] {"one", "two"}) {
            alice.write("bob", text);
            TestServer.await(text, () -> bob.received().contains(text));
        }
        TestServer.await("renewed", () -> state(alice, "bob").rekeys == 1 && state(bob, "alice").rekeys == 1);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private static SessionState state(TestServer server, String contact) throws StoreException {
        return server.store.transact(tx -> {
            for (ContactRecord entry : Tables.all(tx, ContactRecord.TABLE, ContactRecord.class)) {
                if (entry.name().equals(contact)) {
                    return SessionState.get(tx, entry.id());
                }
            }
            throw new AssertionError("no contact " + contact);
        });
    }

    @Test
    void theKeyOfTheUpdateIsNotKeptAsIfItWereUnderWay() throws Exception {
        for (SessionState state : new SessionState[] {state(alice, "bob"), state(bob, "alice")}) {
            assertNull(state.ownPrivate);
            assertNull(state.ownSalt);
            assertNull(state.peerPublic);
            assertNull(state.peerSalt);
        }
    }

    @Test
    void theLastPrivateKeyIsKeptForADayAndNotLonger() throws Exception {
        assertNotNull(state(alice, "bob").lastPrivate);
        assertNotNull(state(bob, "alice").lastPrivate);
        clock.pass(Duration.ofHours(23));
        alice.keep();
        bob.keep();
        assertNotNull(state(alice, "bob").lastPrivate);
        clock.pass(Duration.ofHours(2));
        alice.keep();
        bob.keep();
        assertNull(state(alice, "bob").lastPrivate);
        assertNull(state(bob, "alice").lastPrivate);
    }

    @Test
    void theChainBeforeIsGoneOnceTheOtherSideIsHeardOnTheNewOne() throws Exception {
        bob.write("alice", "on the new chain");
        TestServer.await("it is there", () -> alice.received().contains("on the new chain"));
        TestServer.await("the old chain is gone", () -> state(alice, "bob").oldChain == null);
        assertNull(state(alice, "bob").lastPublic);
    }

    @Test
    void withTheSessionAllItsKeysGo() throws Exception {
        alice.sessions().close(Optional.empty(), "bob");
        TestServer.await(
                "closed",
                () -> !state(alice, "bob").isOpen() && !state(bob, "alice").isOpen());
        for (SessionState state : new SessionState[] {state(alice, "bob"), state(bob, "alice")}) {
            assertNull(state.chain);
            assertNull(state.ownPrivate);
            assertNull(state.lastPrivate);
            assertNull(state.oldChain);
            assertNull(state.replyChain);
        }
    }
}
