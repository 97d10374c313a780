package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.Handshakes;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.Bus;

/** When a handshake is made, answered, repeated or refused (PROTOCOL 6). */
class HandshakeRulesTest extends TwoPeople {
    private static final String CARD_ONLY_READS = "persona 'alice' only reads";

    private void talk() throws PartylineException {
        ContactsBench.talk(alice, bob);
    }

    private static void open(ContactsBench bench, String contact) throws PartylineException {
        bench.sessions.open(Optional.empty(), contact);
    }

    private static void openAgain(ContactsBench bench, String contact) throws PartylineException {
        bench.sessions.openAgain(Optional.empty(), contact);
    }

    /** Requests a session. @return the handshake */
    private static Packet init(ContactsBench bench, String contact) throws PartylineException {
        open(bench, contact);
        return bench.say().get(0);
    }

    private long seconds() {
        return clock.instant().getEpochSecond();
    }

    private Packet sealedAgain(Packet init) {
        return init.sealedAgain(init.inbox(), seconds());
    }

    private static long sealed(ContactsBench bench, String contact) throws Exception {
        long id = bench.write(contact, "it waits");
        bench.stage.outbox.change(
                id, now -> now.sealed(List.of(OutgoingPart.of(new byte[80])), bench.clock.millis() / 1000, false));
        return id;
    }

    private static void denyAll(ContactsBench bench) {
        bench.stage.suites.deny("XCHACHA20_POLY1305");
        bench.stage.suites.deny("AES_256_GCM");
    }

    // ---- making one

    @Test
    void anotherHandshakeCanBeMadeAnHourAfterOneThatWasNotAnswered() throws Exception {
        init(alice, "bob");
        clock.pass(HandshakeLimits.SOONEST_RETRY.minusMillis(1));
        String after = clock.instant().plusMillis(1).toString();
        assertEquals(
                "a session was offered to 'bob' less than an hour ago, and the answer may still arrive: offer another"
                        + " one after " + after,
                assertThrows(NoSuchThingException.class, () -> openAgain(alice, "bob"))
                        .getMessage());
        clock.pass(Duration.ofMillis(1));
        openAgain(alice, "bob");
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
    }

    @Test
    void aHandshakeOfAFastClockIsMadeAgainAnHourAfterTheClockIsRight() throws Exception {
        clock.pass(Duration.ofDays(30));
        init(alice, "bob");
        clock.pass(Duration.ofDays(-30));

        alice.keep();

        assertThrows(NoSuchThingException.class, () -> openAgain(alice, "bob"));
        clock.pass(HandshakeLimits.SOONEST_RETRY);
        openAgain(alice, "bob");
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
    }

    @Test
    void aSmallCorrectionOfTheClockChangesNothing() throws Exception {
        init(alice, "bob");
        long offered = alice.state("bob").offered;
        clock.pass(Duration.ofMinutes(-59));

        alice.keep();

        assertEquals(offered, alice.state("bob").offered);
    }

    @Test
    void anOpenSessionIsOpenedAgainAtOnce() throws Exception {
        ContactsBench.open(alice, bob);
        openAgain(alice, "bob");
        assertEquals(Sessions.State.OPENING, alice.session("bob"), "messages wait for the answer");
        assertEquals(null, alice.state("bob").chain);
    }

    @Test
    void aPersonaThatOnlyReadsOpensNothing() throws Exception {
        alice.keys().copy = true;
        assertReadsOnly(() -> open(alice, "bob"));
        assertReadsOnly(() -> openAgain(alice, "bob"));
        alice.keys().copy = false;
        open(alice, "bob");
        alice.keys().copy = true;
        assertReadsOnly(() -> open(alice, "bob"));
    }

    private static void assertReadsOnly(org.junit.jupiter.api.function.Executable action) {
        String why = assertThrows(NoSuchThingException.class, action).getMessage();
        assertTrue(why.startsWith(CARD_ONLY_READS), why);
    }

    @Test
    void theThreeNewestHandshakesCanBeAnswered() throws Exception {
        open(alice, "bob");
        List<Packet> first = alice.say();
        for (int i = 0; i < 3; i++) {
            clock.pass(HandshakeLimits.SOONEST_RETRY);
            openAgain(alice, "bob");
            alice.say();
        }
        assertEquals(3, alice.chains("bob").size());
        bob.hear(first);
        alice.hear(bob.say());
        assertFalse(alice.isOpen("bob"));
    }

    @Test
    void aContactWhoWasToldOfNewKeysIsOfferedASessionWithThem() throws Exception {
        ContactsBench.open(alice, bob);
        alice.personas.rotate(Optional.empty(), false);
        talk();
        alice.sessions.close(Optional.empty(), "bob");
        talk();
        clock.pass(Duration.ofSeconds(5));
        bob.hear(init(alice, "bob"));
        assertEquals(List.of(), bob.contacts.waiting(Optional.empty()));
        talk();
        assertTrue(alice.isOpen("bob") && bob.isOpen("alice"));
    }

    @Test
    void messagesThatWaitAreTriedAgainOnceTheSessionIsOpen() throws Exception {
        Packet init = init(alice, "bob");
        int contact = alice.contact("bob").id();
        alice.stage.recognition.own.doubt(contact);
        bob.hear(init);
        AtomicInteger retries = new AtomicInteger();
        alice.stage.bus.on(Bus.Retry.class, retry -> retries.incrementAndGet());
        alice.hear(bob.say());
        assertEquals(1, retries.get());
        assertFalse(alice.stage.recognition.own.isDoubtful(contact), "the keys are new");
    }

    // ---- answering

    @Test
    void ofTwoHandshakesFromAFastClockTheNewerOneStands() throws Exception {
        Packet first = init(alice, "bob");
        clock.pass(HandshakeLimits.SOONEST_RETRY);
        openAgain(alice, "bob");
        Packet second = alice.say().get(0);
        bob.hear(first.sealedAgain(first.inbox(), seconds() + 60));
        bob.hear(second.sealedAgain(second.inbox(), seconds() + 61));
        talk();
        alice.write("bob", "on the newer one");
        talk();
        assertEquals(List.of("on the newer one"), bob.received());
        assertEquals(seconds() + 61, bob.state("alice").respTime);
    }

    @Test
    void aHandshakeThatTravelledForAMinuteIsAnsweredOnce() throws Exception {
        Packet init = init(alice, "bob");
        clock.pass(Duration.ofMinutes(1));
        bob.hear(init);
        talk();
        bob.sessions.close(Optional.empty(), "alice");
        talk();
        clock.pass(Duration.ofMinutes(1));
        bob.hear(sealedAgain(init));
        assertEquals(1, bob.count(PacketType.HANDSHAKE_RESP));
        assertTrue(bob.stage.audited.contains("handshake-replayed"));
    }

    @Test
    void aHandshakeThatAReadOnlyPersonaSawIsAnsweredLater() throws Exception {
        Packet init = init(alice, "bob");
        bob.keys().copy = true;
        bob.hear(init);
        assertEquals(0, bob.count(PacketType.HANDSHAKE_RESP));
        bob.keys().copy = false;
        bob.hear(init);
        assertEquals(1, bob.count(PacketType.HANDSHAKE_RESP));
    }

    @Test
    void aHandshakeThatWasOneTooManyIsAnsweredAnHourLater() throws Exception {
        Packet last = null;
        for (int i = 0; i <= HandshakeLimits.MOST_ANSWERS; i++) {
            clock.pass(Duration.ofSeconds(5));
            alice.change((tx, after) -> ((HandshakeCoordinator) alice.handshakes)
                    .offer(tx, after, alice.contact("bob"), alice.sessionState(tx, "bob")));
            last = alice.say().get(0);
            bob.hear(last);
        }
        assertEquals(HandshakeLimits.MOST_ANSWERS, bob.count(PacketType.HANDSHAKE_RESP));
        assertTrue(bob.stage.audited.contains("handshake-flood"));
        clock.pass(Duration.ofMinutes(61));
        bob.hear(last);
        assertEquals(HandshakeLimits.MOST_ANSWERS + 1, bob.count(PacketType.HANDSHAKE_RESP));
    }

    @Test
    void answersOfAnotherServerAreWatchedFor() throws Exception {
        Packet ofBob = init(bob, "alice");
        Packet ofAlice = init(alice, "bob");
        alice.hear(ofBob);
        assertTrue(kinds(alice, "bob").contains(ChainKind.ANSWERED), "hers prevails, but another may answer");
        bob.hear(ofAlice);
        assertTrue(kinds(bob, "alice").contains(ChainKind.ANSWERED), "he answers");
    }

    private static List<ChainKind> kinds(ContactsBench bench, String contact) {
        return bench.chains(contact).stream().map(chain -> chain.kind()).toList();
    }

    @Test
    void aHandshakeFromBeforeTheAnswerDoesNotReplaceTheSessionWhoeverSealsItAgain() throws Exception {
        Packet ofAlice = init(alice, "bob");
        Packet ofBob = init(bob, "alice");
        clock.pass(Duration.ofSeconds(10));
        bob.hear(ofAlice);
        List<Packet> answer = bob.say();
        clock.pass(Duration.ofSeconds(50));
        alice.hear(ofBob);
        alice.hear(answer);
        byte[] name = alice.state("bob").name;
        bob.write("alice", "still me");
        alice.hear(bob.say());
        clock.pass(Duration.ofMinutes(10));
        alice.hear(sealedAgain(ofBob));
        assertArrayEquals(name, alice.state("bob").name);
        assertEquals(0, alice.count(PacketType.HANDSHAKE_RESP));
        assertTrue(alice.stage.audited.contains("handshake-replayed"));
    }

    @Test
    void aHandshakeMadeBetweenOursAndItsAnswerDoesNotReplaceTheSession() throws Exception {
        Packet ofAlice = init(alice, "bob");
        clock.pass(Duration.ofSeconds(10));
        Packet ofBob = init(bob, "alice");
        clock.pass(Duration.ofSeconds(10));
        bob.hear(ofAlice);
        alice.hear(bob.say());
        byte[] name = alice.state("bob").name;
        alice.hear(ofBob);
        assertArrayEquals(name, alice.state("bob").name);
    }

    @Test
    void aLateAnswerToAHandshakeThatLostDoesNotReplaceTheSession() throws Exception {
        Packet ofBob = init(bob, "alice");
        try (ContactsBench twin = alice.reborn()) {
            Packet ofAlice = init(alice, "bob");
            bob.hear(ofAlice);
            byte[] name = bob.state("alice").name;
            twin.hear(ofBob);
            bob.hear(twin.say());
            assertArrayEquals(name, bob.state("alice").name);
        }
    }

    @Test
    void aNewSessionWithdrawsWhatTheOneBeforeWouldHaveSent() throws Exception {
        ContactsBench.open(alice, bob);
        alice.rekeyMessages(1);
        alice.write("bob", "three");
        bob.rekeyMessages(1);
        bob.hear(alice.say());
        assertEquals(State.QUEUED, bob.queued(PacketType.KEY_UPDATE).get(0).state());
        long waits = sealed(bob, "alice");
        bob.sessions.close(Optional.empty(), "alice");
        clock.pass(Duration.ofMinutes(2));
        openAgain(alice, "bob");
        bob.hear(alice.say());
        assertEquals(State.RECALLED, bob.queued(PacketType.KEY_UPDATE).get(0).state());
        assertEquals(
                State.RECALLED,
                bob.queued(PacketType.CONTROL).stream()
                        .filter(HandshakeCoordinator::isClose)
                        .findFirst()
                        .orElseThrow()
                        .state(),
                "it would close the new one");
        assertEquals(State.QUEUED, bob.stage.state(waits));
        talk();
        assertTrue(alice.received().contains("it waits"));
        assertTrue(alice.isOpen("bob") && bob.isOpen("alice"));
    }

    @Test
    void theAnswerToASecondHandshakeMarksWhatMayBeUnread() throws Exception {
        long lost = alice.write("bob", "bob has shown nothing of it");
        talk();
        clock.pass(Duration.ofMinutes(2));
        long waits = sealed(alice, "bob");
        alice.change((tx, after) -> ((HandshakeCoordinator) alice.handshakes)
                .reopen(tx, after, alice.contact("bob"), alice.sessionState(tx, "bob")));
        assertTrue(alice.isOpen("bob"), "the session goes on meanwhile");
        for (Packet packet : alice.say()) {
            if (packet.type() == PacketType.HANDSHAKE_INIT) {
                bob.hear(packet);
            }
        }
        for (Packet packet : bob.say()) {
            if (packet.type() == PacketType.HANDSHAKE_RESP) {
                alice.hear(packet);
            }
        }
        assertTrue(alice.notices().get(0).startsWith("1 message to bob since"), alice.notices()::toString);
        assertEquals(1, alice.message(lost).doubt());
        assertEquals(State.QUEUED, alice.stage.state(waits));
    }

    @Test
    void aServerThatIsToldOfItsOwnNewSessionWaitsForTheAnswer() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(2));
        alice.change((tx, after) -> ((HandshakeCoordinator) alice.handshakes)
                .reopen(tx, after, alice.contact("bob"), alice.sessionState(tx, "bob")));
        bob.hear(alice.say());
        List<Packet> said = bob.say();
        for (Packet packet : said) {
            if (packet.type() == PacketType.CONTROL) {
                alice.hear(packet);
            }
        }
        assertEquals(Sessions.State.OPENING, alice.session("bob"));
        assertEquals(List.of(), alice.notices());
        alice.hear(said);
        assertTrue(alice.isOpen("bob"));
    }

    @Test
    void whoHasTheCardIsReportedWhenTheyAnswerForItsOwner() throws Exception {
        init(alice, "bob");
        byte[] chain = alice.chains("bob").get(0).session();
        alice.hear(new Packet(PacketType.TEXT, null, chain, 0, seconds(), new byte[40], new byte[80]));
        assertEquals(List.of("handshake-refused"), alice.stage.audited);
        assertEquals(1, alice.early.size(), "it was not read");
        clock.pass(Duration.ofHours(1));
        alice.hear(new Packet(PacketType.HANDSHAKE_RESP, null, chain, 1, seconds(), new byte[49], new byte[80]));
        assertEquals(2, alice.early.size());
        assertEquals(List.of("handshake-refused", "handshake-refused"), alice.stage.audited);
    }

    /** That is where a restored server may answer. */
    @Test
    void anAnswerAtTheLastExpectedPositionOpensTheSession() throws Exception {
        bob.hear(init(alice, "bob"));
        Packet answer = bob.say().get(0);
        alice.hear(new Packet(
                answer.type(), null, answer.chain(), 63, answer.timestamp(), answer.body(), answer.payload()));
        assertTrue(alice.isOpen("bob"));
    }

    @Test
    void onlyAWholeAnswerOfTheRightTypeOpensTheSession() throws Exception {
        bob.hear(init(alice, "bob"));
        Packet answer = bob.say().get(0);
        alice.hear(new Packet(PacketType.TEXT, null, answer.chain(), 0, seconds(), answer.body(), new byte[80]));
        assertEquals(1, alice.early.size(), "it was not read");
        for (Inbox.Other wrong : List.of(
                new Inbox.Other(PacketType.HANDSHAKE_RESP, seconds(), answer.body(), false),
                new Inbox.Other(PacketType.HANDSHAKE_RESP, seconds(), new byte[49], true))) {
            alice.change((tx, after) -> alice.handshakes.resp(
                    tx,
                    after,
                    alice.contact("bob"),
                    alice.stage.recognition.chains.of(alice.contact("bob").id()).get(0).entry,
                    wrong,
                    new byte[32]));
            assertFalse(alice.isOpen("bob"));
        }
        alice.hear(answer);
        assertTrue(alice.isOpen("bob"));
    }

    @Test
    void theKeysOfAnAnswerAreWipedAfterEachUse() throws Exception {
        bob.hear(init(alice, "bob"));
        List<Handshakes.Completion> made = new ArrayList<>();
        alice.stage.put(Handshakes.class, (Handshakes) Proxy.newProxyInstance(
                Handshakes.class.getClassLoader(), new Class<?>[] {Handshakes.class}, (self, method, arguments) -> {
                    Object result = method.invoke(alice.stage.handshakes, arguments);
                    if (result instanceof Handshakes.Completion completion) {
                        made.add(completion);
                    }
                    return result;
                }));
        alice.hear(bob.say());
        assertEquals(2, made.size(), "the packet is checked, and then used");
        for (Handshakes.Completion completion : made) {
            assertThrows(IllegalStateException.class, completion.sendChainKey()::expose);
        }
    }

    @Test
    void aLatePacketOfTheSessionBeforeDoesNotShowThatTheAnswerArrived() throws Exception {
        ContactsBench.open(alice, bob);
        bob.write("alice", "late");
        List<Packet> late = bob.say();
        clock.pass(Duration.ofMinutes(2));
        openAgain(bob, "alice");
        alice.hear(bob.say());
        assertTrue(alice.state("bob").accepted != 0);
        alice.hear(late);
        assertTrue(alice.received().contains("late"));
        assertTrue(alice.state("bob").accepted != 0);
    }

    /** What was sealed in the second in which the session became protected may have been sealed before. */
    @Test
    void whatMayHaveBeenSealedBeforeTheSessionWasProtectedIsSealedAnew() throws Exception {
        ContactsBench.open(alice, bob);
        alice.change((tx, after) -> {
            SessionState session = alice.sessionState(tx, "bob");
            session.protectedSince = seconds() * 1000;
            session.put(tx);
        });
        long before = sealed(alice, "bob");
        clock.pass(Duration.ofSeconds(1));
        long later = sealed(alice, "bob");
        alice.contacts.requirePostQuantum(Optional.empty(), "bob", true);
        assertEquals(State.QUEUED, alice.stage.state(before));
        assertEquals(State.SEALED, alice.stage.state(later));
    }

    // ---- the end

    @Test
    void theNextPacketsOfASessionThatEndedAreNobodysAnyMore() throws Exception {
        ContactsBench.open(alice, bob);
        long next = nextLocator(alice);
        assertEquals(alice.contact("bob").id(), alice.stage.recognition.own.owner(next));
        bob.sessions.close(Optional.empty(), "alice");
        talk();
        assertEquals(-1, alice.stage.recognition.own.owner(next));
    }

    private static long nextLocator(ContactsBench bench) throws Exception {
        try (SendChain chain = bench.stage.chains.decodeSend(bench.state("bob").chain)) {
            SendChain.Step step = chain.step();
            step.secret().close();
            return step.hint();
        }
    }

    @Test
    void aLostSessionIsReported() throws Exception {
        ContactsBench.open(alice, bob);
        alice.change((tx, after) -> alice.handshakes.lost(tx, after, alice.contact("bob")));
        assertEquals(List.of("the session could not be continued: the next message opens a new one"), alice.notices());
        assertEquals(
                alice.notices(),
                alice.events().stream()
                        .flatMap(event -> event.message().stream())
                        .map(message -> message.text().orElseThrow())
                        .toList());
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
    }

    @Test
    void aSessionThatCannotBeReopenedIsReported() throws Exception {
        ContactsBench.open(alice, bob);
        denyAll(alice);
        alice.change((tx, after) -> ((HandshakeCoordinator) alice.handshakes)
                .reopen(tx, after, alice.contact("bob"), alice.sessionState(tx, "bob")));
        assertTrue(alice.stage.audited.contains("session-lost"));
    }

    // ---- once more

    @Test
    void whoPrevailedOverAnotherHandshakeRepeatsItsOwnAfterAnHour() throws Exception {
        Packet ofBob = init(bob, "alice");
        init(alice, "bob");
        alice.hear(ofBob);
        clock.pass(HandshakeLimits.SOONEST_RETRY);
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
        clock.pass(Duration.ofMillis(1));
        alice.keep();
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
    }

    @Test
    void aHandshakeIsRepeatedSoonerForADayAfterKeysWereRestored() throws Exception {
        alice.write("bob", "hello");
        alice.say();
        clock.pass(Duration.ofMinutes(61));
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
        try (ContactsBench restored = alice.restored()) {
            restored.know(bob, "bob");
            restored.write("bob", "hello");
            restored.say();
            clock.pass(Duration.ofMinutes(61));
            restored.keep();
            assertEquals(2, restored.count(PacketType.HANDSHAKE_INIT));
            clock.pass(Duration.ofHours(24));
            restored.keep();
            restored.say();
            assertEquals(3, restored.count(PacketType.HANDSHAKE_INIT));
            clock.pass(Duration.ofMinutes(61));
            restored.keep();
            assertEquals(3, restored.count(PacketType.HANDSHAKE_INIT));
        }
    }

    @Test
    void aRestoredSessionIsOpenedOnceThatIsPossible() throws Exception {
        alice.change((tx, after) -> {
            SessionState session = alice.sessionState(tx, "bob");
            session.restored = true;
            session.put(tx);
        });
        denyAll(alice);
        alice.keep();
        assertEquals(List.of("session-waits"), alice.stage.audited);
        assertEquals(0, alice.count(PacketType.HANDSHAKE_INIT));
        alice.stage.suites.allow("AES_256_GCM");
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
    }

    @Test
    void aRestoredMemberOffersItsSessionOnceForAnOldHandshake() throws Exception {
        Packet old = init(bob, "alice");
        clock.pass(Duration.ofSeconds(5));
        try (ContactsBench restored = alice.restored()) {
            restored.know(bob, "bob");
            open(restored, "bob");
            restored.hear(old);
            assertEquals(1, restored.count(PacketType.HANDSHAKE_INIT), "one is out");
            restored.sessions.close(Optional.empty(), "bob");
            restored.hear(old);
            assertEquals(2, restored.count(PacketType.HANDSHAKE_INIT));
            restored.sessions.close(Optional.empty(), "bob");
            restored.hear(old);
            assertEquals(2, restored.count(PacketType.HANDSHAKE_INIT), "it was used");
        }
    }

    // ---- after days of absence

    /** The other side reads no answer to it any more. */
    @Test
    void aHandshakeThatIsReadDaysLaterIsNotAnsweredButReplacedByOneOfOurs() throws Exception {
        Packet first = init(alice, "bob");
        clock.pass(Duration.ofHours(2));
        openAgain(alice, "bob");
        Packet second = alice.say().get(0);
        clock.pass(HandshakeLimits.OFFER_LIFE);
        alice.keep();
        bob.hear(List.of(first, second));
        assertEquals(0, bob.count(PacketType.HANDSHAKE_RESP));
        assertEquals(1, bob.count(PacketType.HANDSHAKE_INIT));
        bob.write("alice", "I am back");
        talk();
        clock.pass(Duration.ofHours(2));
        alice.keep();
        talk();
        assertEquals(List.of("I am back"), alice.received());
    }

    @Test
    void onlyOneHandshakeIsMadeForAnOldOneWithinAnHour() throws Exception {
        Packet old = init(alice, "bob");
        clock.pass(HandshakeLimits.OFFER_LIFE);
        open(bob, "alice");
        clock.pass(HandshakeLimits.SOONEST_RETRY);
        bob.hear(old);
        assertEquals(1, bob.count(PacketType.HANDSHAKE_INIT));
        clock.pass(Duration.ofSeconds(1));
        bob.hear(old);
        assertEquals(2, bob.count(PacketType.HANDSHAKE_INIT));
    }

    /** Until it has the answer, the other side may go on with the one before. */
    @Test
    void theSessionThatAHandshakeReplacesIsReadForThreeDays() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofHours(2));
        openAgain(alice, "bob");
        bob.hear(alice.say());
        assertEquals(
                List.of(clock.instant().plus(StoredSessionChains.DOUBTFUL).toEpochMilli(), 0L),
                bob.chains("alice").stream()
                        .filter(chain -> chain.kind() == ChainKind.SESSION)
                        .map(chain -> chain.retires())
                        .toList());
    }

    @Test
    void anOpenSessionWithSomeoneWhoLostItDaysAgoIsOfferedAnew() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofHours(2));
        openAgain(alice, "bob");
        Packet old = alice.say().get(0);
        clock.pass(HandshakeLimits.OFFER_LIFE);
        alice.keep();
        alice.say();
        bob.hear(old);
        assertEquals(Sessions.State.OPENING, bob.session("alice"));
        bob.write("alice", "three");
        talk();
        clock.pass(Duration.ofHours(2));
        alice.keep();
        talk();
        assertEquals(List.of("two", "three"), alice.received());
    }

    @Test
    void aHandshakeOfADayAndANightIsStillAnswered() throws Exception {
        Packet old = init(alice, "bob");
        clock.pass(Duration.ofHours(47));
        bob.hear(old);
        assertEquals(1, bob.count(PacketType.HANDSHAKE_RESP));
    }

    @Test
    void aStrangersOldHandshakeWaitsForTheirCard() throws Exception {
        try (ContactsBench carol = new ContactsBench(clock)) {
            carol.know(bob, "bob");
            Packet old = init(carol, "bob");
            clock.pass(HandshakeLimits.OFFER_LIFE);
            bob.hear(old);
            assertEquals(0, bob.count(PacketType.HANDSHAKE_RESP));
            bob.know(carol, "carol");
            assertEquals(1, bob.count(PacketType.HANDSHAKE_INIT));
        }
    }
}
