package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.engine.control.ControlCodes;
import org.partyline.engine.conversation.ContactRecord;
import org.partyline.engine.mailbox.MessageRecord;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** What a contact can do to us with CONTROL messages (PROTOCOL 6.1): to its own messages, in its own session, and no more. */
class ControlRulesTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void aSession() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.write("bob", "one");
        TestServer.await("one", () -> bob.received().equals(List.of("one")));
        alice.write("bob", "two");
        TestServer.await("two", () -> bob.received().equals(List.of("one", "two")));
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Lets alice say something over her session that her server never would. */
    private void control(int code, byte[] rest) throws Exception {
        byte[] body =
                ByteBuffer.allocate(1 + rest.length).put((byte) code).put(rest).array();
        long id = alice.store.transact(tx -> {
            int contact = Tables.all(tx, ContactRecord.TABLE, ContactRecord.class)
                    .get(0)
                    .id();
            OutgoingMessage queued = new OutgoingMessage(
                    Tables.next(tx, "message"),
                    contact,
                    State.QUEUED,
                    "",
                    clock.millis(),
                    clock.instant().plus(Duration.ofDays(1)).toEpochMilli(),
                    0,
                    false,
                    0,
                    List.of(),
                    PacketType.CONTROL.code(),
                    body,
                    false,
                    0,
                    "confirm",
                    false);
            OutgoingRecords.put(tx, queued);
            return queued.id();
        });
        alice.kick();
        TestServer.await("it is out", () -> alice.state(id) == State.SEEN);
        bob.read();
    }

    /** The first 8 locator bytes of a message's first packet, by its words. */
    private static byte[] locator(TestServer server, String text) throws Exception {
        return server.store.transact(tx -> {
            for (MessageRecord message : Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)) {
                if (message.text().equals(text) && !message.outgoing()) {
                    return HexFormat.of().parseHex(message.locator());
                }
            }
            throw new AssertionError("no message " + text);
        });
    }

    /** The same of one of our own. */
    private static byte[] ownLocator(TestServer server, long id) throws Exception {
        byte[] packet = server.store.transact(
                tx -> OutgoingRecords.find(tx, id).orElseThrow().parts().get(0).packet());
        return Arrays.copyOfRange(packet, 1, 9);
    }

    @Test
    void forgetErasesTheMessageThatIsMeant() throws Exception {
        control(ControlCodes.FORGET, locator(bob, "one"));
        assertEquals(List.of("two"), bob.received());
        assertTrue(
                bob.notices().contains("alice took a message back"),
                bob.notices().toString());
    }

    @Test
    void forgetOfAMessageThatNobodySentDoesNothing() throws Exception {
        control(ControlCodes.FORGET, new byte[8]);
        control(ControlCodes.FORGET, new byte[0]);
        control(ControlCodes.FORGET, Arrays.copyOf(locator(bob, "one"), 7));
        control(ControlCodes.FORGET, Arrays.copyOf(locator(bob, "one"), 9));
        assertEquals(List.of("one", "two"), bob.received());
        assertFalse(
                bob.notices().contains("alice took a message back"),
                bob.notices().toString());
    }

    @Test
    void forgetDoesNotReachOurOwnMessages() throws Exception {
        long id = bob.write("alice", "mine");
        TestServer.await("mine", () -> alice.received().contains("mine"));
        control(ControlCodes.FORGET, ownLocator(bob, id));
        assertEquals(Optional.of("mine"), bob.messages().read(id).text());
    }

    @Test
    void forgetDoesNotReachOtherConversations() throws Exception {
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        alice.send("lobby", "in public");
        TestServer.await("in public", () -> bob.received().contains("in public"));
        control(ControlCodes.FORGET, locator(bob, "in public"));
        assertTrue(bob.received().contains("in public"), bob.received().toString());
    }

    @Test
    void aReceiptIsForTheMessageThatIsMeant() throws Exception {
        long first = bob.write("alice", "first");
        long second = bob.write("alice", "second");
        TestServer.await("both", () -> alice.received().equals(List.of("first", "second")));
        control(ControlCodes.RECEIPT, Arrays.copyOf(ownLocator(bob, second), 7));
        assertEquals("", bob.messages().outgoing(second).reason());
        control(ControlCodes.RECEIPT, ownLocator(bob, second));
        TestServer.await(
                "received", () -> bob.messages().outgoing(second).reason().equals("received"));
        assertEquals("", bob.messages().outgoing(first).reason());
    }

    @Test
    void aCodeThatIsNotKnownDoesNothing() throws Exception {
        control(99, new byte[8]);
        alice.write("bob", "three");
        TestServer.await("three", () -> bob.received().equals(List.of("one", "two", "three")));
    }

    @Test
    void theEndOfAnOlderSessionThatComesLateDoesNotEndTheOneThatStands() throws Exception {
        int before = network.broadcasts().size();
        network.hold();
        alice.sessions().close(Optional.empty(), "bob");
        TestServer.await("its end has left", () -> network.broadcasts().size() == before + 1);
        byte[] end = network.broadcasts().get(before);
        network.evictAll();
        network.release(all -> List.of());
        clock.pass(Duration.ofSeconds(5));
        alice.write("bob", "three");
        TestServer.await("three, over another session", () -> bob.received().contains("three"));
        network.takes(end);
        bob.read();
        assertFalse(
                bob.notices().contains("alice has ended the session"),
                bob.notices().toString());
        assertEquals(
                Sessions.State.OPEN,
                bob.sessions().list(Optional.empty()).get(0).state());
    }

    @Test
    void theEndOfTheSessionThatStandsEndsIt() throws Exception {
        control(ControlCodes.CLOSE, new byte[0]);
        assertTrue(
                bob.notices().contains("alice has ended the session"),
                bob.notices().toString());
        assertEquals(
                Sessions.State.CLOSED,
                bob.sessions().list(Optional.empty()).get(0).state());
    }

    @Test
    void whatASessionSaysCannotBeCancelled() throws Exception {
        nodeA.poor = true;
        alice.sessions().close(Optional.empty(), "bob");
        long id = alice.messages().outbox(false).stream()
                .filter(out -> out.kind().equals("control"))
                .findFirst()
                .map(Messages.Outgoing::id)
                .orElseThrow();
        assertThrows(NoSuchThingException.class, () -> alice.messages().cancel(id));
        assertFalse(alice.state(id).isSettled());
    }
}
