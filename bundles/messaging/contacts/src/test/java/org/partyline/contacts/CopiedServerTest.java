package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;

/** Two servers with the same keys: each of the three notices it, reports it, and loses no message in silence. */
class CopiedServerTest extends TwoPeople {
    private static final String TO_TAKE_BACK =
            "Stop the copy, then take the session back with partyline:session-open --again bob";

    /** The other server with alice's files. */
    private ContactsBench twin;

    @AfterEach
    void close() {
        if (twin != null) {
            twin.close();
        }
    }

    /** The other server opens a session with bob, who reports on alice's that it was replaced. */
    private List<Packet> replaced() throws PartylineException {
        ContactsBench.open(alice, bob);
        twin = alice.reborn();
        clock.pass(Duration.ofMinutes(2));
        twin.sessions.openAgain(Optional.empty(), "bob");
        bob.hear(twin.say());
        List<Packet> said = bob.say();
        twin.hear(said);
        twin.write("bob", "from the other one");
        bob.hear(twin.say());
        return said;
    }

    private static long sealed(ContactsBench bench, String contact) throws Exception {
        long id = bench.write(contact, "it waits");
        bench.stage.outbox.change(
                id, now -> now.sealed(List.of(OutgoingPart.of(new byte[80])), bench.clock.millis() / 1000, false));
        return id;
    }

    @Test
    void allThreeAreToldThatTwoServersUseTheSameKeys() throws Exception {
        List<Packet> said = replaced();
        long waits = sealed(alice, "bob");
        alice.hear(said);
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        assertEquals(
                List.of("a copy of this server may be in use elsewhere: bob's server reports that it opened a session"
                        + " with bob, so messages from bob no longer arrive here. Only bob's server reports this: if"
                        + " you know of no copy, ask bob another way. " + TO_TAKE_BACK),
                alice.notices());
        assertTrue(alice.stage.audited.contains("copy-in-use"));
        assertNotEquals(0, alice.state("bob").elsewhere);
        assertEquals(State.QUEUED, alice.stage.state(waits), "it goes over the next session");
        alice.stage.outbox.change(waits, now -> now.ended(MessageEvent.RECALLED, ""));

        List<Packet> farewell = alice.say();
        bob.hear(farewell);
        assertEquals(
                1, bob.notices().stream().filter(CopiedServerTest::isCopied).count());
        assertTrue(bob.stage.audited.contains("contact-copied"));
        assertTrue(bob.state("alice").copyReported);
        alice.close();
        twin.hear(bob.say());
        assertEquals(
                List.of("a copy of this server may be in use elsewhere: bob's server reports that it still receives"
                        + " from another one with the same keys. Only bob's server reports this: if you know of no"
                        + " copy, ask bob another way; otherwise stop one of the two"),
                twin.notices());
        assertTrue(twin.isOpen("bob"), "its session goes on");
        assertNotEquals(0, twin.state("bob").elsewhere);
        bob.sayControl("alice", new byte[] {ControlCodes.COPY, ControlCodes.COPY_SEEN});
        twin.hear(bob.say());
        assertEquals(1, twin.notices().size(), "it was told");
    }

    private static boolean isCopied(String notice) {
        return notice.equals("two servers use the keys of alice: your messages reach the one that opened a session"
                + " last. Ask alice by another way whether both are theirs");
    }

    /** A report of a version that does not name the new session. */
    private Packet shortReport() throws PartylineException {
        bob.write("alice", "a packet");
        Packet packet = bob.say().get(0);
        return new Packet(
                PacketType.CONTROL,
                null,
                packet.chain(),
                packet.position(),
                packet.timestamp(),
                new byte[] {ControlCodes.CLOSE, ControlCodes.CLOSE_REPLACED},
                packet.payload());
    }

    @Test
    void aReportThatNamesNoSessionMeansOursIfAHandshakeOfOursIsOut() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(2));
        alice.change((tx, after) -> ((HandshakeCoordinator) alice.handshakes)
                .reopen(tx, after, alice.contact("bob"), alice.sessionState(tx, "bob")));
        alice.hear(shortReport());
        assertEquals(Sessions.State.OPENING, alice.session("bob"));
        assertEquals(List.of(), alice.notices());
    }

    @Test
    void aReportThatNamesNoSessionMeansACopyOtherwise() throws Exception {
        ContactsBench.open(alice, bob);
        alice.hear(shortReport());
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        assertTrue(alice.notices().get(0).startsWith("a copy of this server may be in use elsewhere"));
    }

    @Test
    void aReportWithoutAReasonIsIgnored() throws Exception {
        ContactsBench.open(alice, bob);
        bob.sayControl("alice", new byte[] {ControlCodes.COPY});
        alice.hear(bob.say());
        assertTrue(alice.isOpen("bob"));
        assertEquals(List.of(), alice.notices());
    }

    @Test
    void aServerWhoseSessionIsElsewhereNeitherOpensNorAnswersUntilItTakesItBack() throws Exception {
        alice.hear(replaced());
        assertEquals(
                "a copy of this server may be in use elsewhere and has the session with 'bob': stop the copy, then take"
                        + " the session back with partyline:session-open --again bob",
                assertThrows(NoSuchThingException.class, () -> alice.sessions.open(Optional.empty(), "bob"))
                        .getMessage());
        clock.pass(Duration.ofMinutes(2));
        bob.sessions.openAgain(Optional.empty(), "alice");
        alice.hear(bob.say());
        assertEquals(0, alice.count(PacketType.HANDSHAKE_RESP));
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT), "the first one");

        alice.sessions.openAgain(Optional.empty(), "bob");
        clock.pass(Duration.ofMinutes(2));
        ContactsBench.talk(alice, bob);
        assertTrue(alice.isOpen("bob"));
        assertEquals(0, alice.state("bob").elsewhere);
    }

    @Test
    void aReportOnAnEarlierSessionDoesNotEndThePresentOne() throws Exception {
        List<Packet> said = replaced();
        clock.pass(Duration.ofMinutes(2));
        alice.sessions.openAgain(Optional.empty(), "bob");
        bob.hear(alice.say());
        alice.hear(bob.say());
        assertTrue(alice.isOpen("bob"));
        alice.hear(said);
        assertTrue(alice.isOpen("bob"));
    }

    @Test
    void theChainOfAnEarlierSessionIsForgottenAfterADay() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(2));
        alice.sessions.openAgain(Optional.empty(), "bob");
        bob.hear(alice.say());
        clock.pass(Duration.ofHours(24));
        bob.keep();
        assertTrue(bob.state("alice").formerChain != null);
        clock.pass(Duration.ofMillis(1));
        bob.keep();
        assertEquals(null, bob.state("alice").formerChain);
    }

    // ---- handshakes that two servers answer

    @Test
    void aServerThatAnswersAHandshakeTooLateIsTold() throws Exception {
        twin = bob.reborn();
        alice.sessions.open(Optional.empty(), "bob");
        List<Packet> first = alice.say();
        clock.pass(Duration.ofHours(7));
        alice.write("bob", "patient");
        alice.keep();
        bob.hear(alice.say());
        ContactsBench.talk(alice, bob);
        assertEquals(List.of("patient"), bob.received());

        long answer = StoredSessionChains.answerHint(
                alice.stage.recognition.chains.of(alice.contact("bob").id()).get(0));
        assertEquals(1, expecting(alice, answer));
        twin.hear(first);
        twin.write("alice", "from the other one");
        alice.hear(twin.say());

        assertEquals(List.of("from the other one"), alice.received(), "it is read all the same");
        assertEquals(0, expecting(alice, answer), "its handshake is over");
        assertFalse(alice.notices().stream().anyMatch(text -> text.contains("two servers")), "it may be the same");
        twin.hear(alice.say());
        assertFalse(twin.isOpen("alice"));
        assertTrue(twin.notices().stream().anyMatch(text -> text.contains("it opened a session with alice")));
        assertTrue(alice.isOpen("bob"));
    }

    /** The number of chains on which a packet with this locator would be read. */
    private static int expecting(ContactsBench bench, long hint) {
        int[] found = {0};
        bench.stage.recognition.chains.lookUp(hint, (chain, position) -> found[0]++);
        return found[0];
    }

    // ---- the last message on a session

    private static List<State> farewells(ContactsBench bench) throws Exception {
        return bench.queued(PacketType.CONTROL).stream()
                .filter(OutgoingMessage::isFarewell)
                .map(OutgoingMessage::state)
                .toList();
    }

    @Test
    void onlyTheOwnerOfTheSessionThatWasReplacedLastIsTold() throws Exception {
        ContactsBench.open(alice, bob);
        for (int i = 0; i < 2; i++) {
            clock.pass(Duration.ofHours(2));
            bob.sessions.openAgain(Optional.empty(), "alice");
            alice.hear(bob.say());
        }
        assertEquals(List.of(State.RECALLED, State.QUEUED), farewells(alice));
    }

    @Test
    void onlyTheServerThatAnsweredTooLateLastIsTold() throws Exception {
        twin = bob.reborn();
        alice.write("bob", "patient");
        List<Packet> handshakes = new ArrayList<>(alice.say());
        for (int i = 0; i < 2; i++) {
            clock.pass(Duration.ofHours(7));
            alice.keep();
            handshakes.addAll(alice.say());
        }
        bob.hear(handshakes.get(2));
        ContactsBench.talk(alice, bob);
        for (Packet late : handshakes.subList(0, 2)) {
            twin.hear(late);
            alice.hear(twin.say());
        }
        assertEquals(List.of(State.RECALLED, State.QUEUED), farewells(alice));
    }

    @Test
    void anOldCopySaysNothingMoreOnASessionThatIsClosed() throws Exception {
        alice.hear(replaced());
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        assertTrue(alice.state("bob").formerChain != null);
        alice.mend();
        assertEquals(null, alice.state("bob").formerChain);
    }

    @Test
    void twoAnswersToOneHandshakeShowThatTheContactHasACopy() throws Exception {
        twin = bob.reborn();
        alice.sessions.open(Optional.empty(), "bob");
        List<Packet> init = alice.say();
        bob.hear(init);
        alice.hear(bob.say());
        twin.hear(init);
        alice.hear(twin.say());
        assertEquals(1, alice.notices().size());
        assertTrue(alice.notices().get(0).startsWith("two servers use the keys of bob: "));
        assertTrue(alice.state("bob").copyReported);
        alice.write("bob", "to the first");
        bob.hear(alice.say());
        assertEquals(List.of("to the first"), bob.received());
    }

    @Test
    void aSecondAnswerAfterTheEndOfItsSessionIsIgnored() throws Exception {
        twin = bob.reborn();
        alice.sessions.open(Optional.empty(), "bob");
        List<Packet> init = alice.say();
        bob.hear(init);
        alice.hear(bob.say());
        alice.sessions.close(Optional.empty(), "bob");
        alice.say();
        twin.hear(init);
        alice.hear(twin.say());
        assertEquals(List.of(), alice.say());
        assertEquals(List.of(), alice.notices());
        assertFalse(alice.isOpen("bob"));
    }

    @Test
    void anAnswerOfAnotherServerToAHandshakeThatThisOneAnsweredIsReportedOnce() throws Exception {
        bob.sessions.open(Optional.empty(), "alice");
        alice.hear(bob.say());
        ReceiveChainState watched = alice
                .stage
                .recognition
                .chains
                .of(alice.contact("bob").id())
                .stream()
                .filter(chain -> chain.entry.kind() == ChainKind.ANSWERED)
                .findFirst()
                .orElseThrow();
        alice.change((tx, after) -> alice.handshakes.answeredByCopy(tx, after, alice.contact("bob"), watched));
        List<String> once = List.of("a copy of this server may be in use elsewhere: it answered bob when bob opened a"
                + " session, or someone who has your card did. " + TO_TAKE_BACK);
        assertEquals(once, alice.notices());
        assertNotEquals(0, alice.state("bob").elsewhere);
        assertTrue(alice.isOpen("bob"), "anyone with her card can create an answer");
        watched.chain.use(0, clock.instant(), (at, hint) -> {}, (at, hint) -> {});
        alice.change((tx, after) -> alice.handshakes.answeredByCopy(tx, after, alice.contact("bob"), watched));
        assertEquals(once, alice.notices());
    }

    // ---- the same files

    /** Detects that another server has used the keys of a session. */
    private static void doubled(ContactsBench bench, String contact) throws PartylineException {
        bench.stage.guard.<Void, PartylineException>open(() -> {
            bench.handshakes.doubled(bench.contact(contact));
            return null;
        });
    }

    @Test
    void aSessionWhoseKeysAnotherServerUsedIsOpenedAnewAndWithdrawsWhatItWouldSeal() throws Exception {
        ContactsBench.open(alice, bob);
        bob.rekeyMessages(1);
        alice.rekeyMessages(1);
        bob.write("alice", "three");
        alice.hear(bob.say());
        assertEquals(State.QUEUED, alice.queued(PacketType.KEY_UPDATE).get(0).state());
        clock.pass(Duration.ofHours(2));
        doubled(alice, "bob");
        assertEquals(State.RECALLED, alice.queued(PacketType.KEY_UPDATE).get(0).state());
        assertEquals(
                List.of("this session was used by a server with the same files (were they restored?): it is opened"
                        + " anew"),
                alice.notices());
        assertTrue(alice.stage.audited.contains("session-doubled"));
        assertEquals(Sessions.State.OPENING, alice.session("bob"));
        ContactsBench.talk(alice, bob);
        assertTrue(alice.isOpen("bob"));
    }

    @Test
    void anAnswerThatIsNotSealedIsWithdrawnWithItsSession() throws Exception {
        bob.sessions.open(Optional.empty(), "alice");
        alice.hear(bob.say());
        doubled(alice, "bob");
        assertEquals(
                State.RECALLED, alice.queued(PacketType.HANDSHAKE_RESP).get(0).state());
    }

    @Test
    void aHandshakeOfTheLastHourIsNotRepeatedWhenTheSessionIsDoubled() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(HandshakeLimits.SOONEST_RETRY);
        doubled(alice, "bob");
        alice.keep();
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
        clock.pass(Duration.ofHours(1));
        alice.keep();
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
    }
}
