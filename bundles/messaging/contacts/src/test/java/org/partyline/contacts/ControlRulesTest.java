package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;

/** Tests the effects of a contact's CONTROL messages (PROTOCOL 6.1): they are limited to its own session. */
class ControlRulesTest {
    private static final String ENDED = "alice has closed the session";

    private final HandSetClock clock = new HandSetClock();
    private final ContactsBench alice = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);

    @BeforeEach
    void aSession() throws Exception {
        ContactsBench.meet(alice, bob);
        for (String text : List.of("one", "two")) {
            alice.write("bob", text);
            ContactsBench.talk(alice, bob);
        }
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Makes alice send something over her session that her server never would. */
    private void control(int code, byte[] rest) throws Exception {
        alice.sayControl(
                "bob",
                ByteBuffer.allocate(1 + rest.length).put((byte) code).put(rest).array());
        ContactsBench.talk(alice, bob);
    }

    /** The first 8 locator bytes of a packet of bob. */
    private byte[] locator(long id) throws Exception {
        byte[] packet = bob.stage.outgoing(id).parts().get(0).packet();
        return Arrays.copyOfRange(packet, 1, 9);
    }

    private boolean isDelivered(long id) throws Exception {
        return bob.stage
                        .guard
                        .transact(tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class))
                        .orElseThrow()
                        .annotations()
                        .delivered()
                != 0;
    }

    @Test
    void aReceiptIsForTheMessageThatIsMeant() throws Exception {
        long first = bob.write("alice", "first");
        long second = bob.write("alice", "second");
        ContactsBench.talk(alice, bob);
        assertEquals(List.of("first", "second"), alice.received());
        control(ControlCodes.RECEIPT, Arrays.copyOf(locator(second), 7));
        control(ControlCodes.RECEIPT, Arrays.copyOf(locator(second), 9));
        control(ControlCodes.RECEIPT, new byte[8]);
        assertFalse(isDelivered(second));
        control(ControlCodes.RECEIPT, locator(first));
        assertTrue(isDelivered(first));
        assertFalse(isDelivered(second));
        control(ControlCodes.RECEIPT, locator(second));
        assertTrue(isDelivered(second));
    }

    @Test
    void aReceiptOfOnesContactDoesNotReachWhatWentToAnother() throws Exception {
        try (ContactsBench carol = new ContactsBench(clock)) {
            bob.know(carol, "carol");
            carol.know(bob, "bob");
            long id = bob.write("carol", "for carol");
            ContactsBench.talk(bob, carol);
            control(ControlCodes.RECEIPT, locator(id));
            assertFalse(isDelivered(id));
        }
    }

    @Test
    void aCodeThatIsNotKnownDoesNothing() throws Exception {
        control(99, new byte[8]);
        alice.sayControl("bob", new byte[0]);
        alice.write("bob", "three");
        ContactsBench.talk(alice, bob);
        assertEquals(List.of("one", "two", "three"), bob.received());
        assertEquals(List.of(), bob.notices());
    }

    @Test
    void theEndOfAnOlderSessionThatComesLateDoesNotEndTheOneThatStands() throws Exception {
        alice.sessions.close(Optional.empty(), "bob");
        List<Packet> end = alice.say();
        assertEquals(1, end.size());
        clock.pass(Duration.ofSeconds(5));
        alice.write("bob", "three");
        ContactsBench.talk(alice, bob);
        assertEquals(List.of("one", "two", "three"), bob.received(), "over another session");
        bob.hear(end);
        assertEquals(List.of(), bob.early, "it is still read");
        assertEquals(List.of(), bob.notices());
        assertEquals(
                Sessions.State.OPEN, bob.sessions.list(Optional.empty()).get(0).state());
    }

    @Test
    void theEndOfTheSessionThatStandsEndsIt() throws Exception {
        control(ControlCodes.CLOSE, new byte[0]);
        assertEquals(List.of(ENDED), bob.notices());
        assertEquals(
                Sessions.State.CLOSED,
                bob.sessions.list(Optional.empty()).get(0).state());
    }

    /** Its keys may have been renewed while the end was in flight. */
    @Test
    void anEndOnAnOlderChainOfTheSessionThatStandsEndsItToo() throws Exception {
        alice.rekeyMessages(1);
        alice.write("bob", "three");
        List<Packet> out = alice.say();
        assertEquals(2, out.size(), "the message, and a key update");
        bob.hear(out.get(1));
        ContactsBench.talk(alice, bob);
        assertEquals(1, bob.state("alice").rekeys);
        Packet late = out.get(0);
        bob.hear(new Packet(
                PacketType.CONTROL,
                null,
                late.chain(),
                late.position(),
                late.timestamp(),
                new byte[] {ControlCodes.CLOSE},
                late.payload()));
        assertEquals(List.of(ENDED), bob.notices());
        assertEquals(Sessions.State.CLOSED, bob.session("alice"));
    }

    @Test
    void newKeysThatAreNotSignedAreReported() throws Exception {
        control(ControlCodes.ROTATE, new byte[10]);
        assertEquals(List.of("rotation-refused"), bob.stage.audited);
        assertEquals(List.of(), bob.notices());
    }
}
