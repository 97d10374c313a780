package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.HandSetClock;

/**
 * A server continues from files that are older than its last messages, and nobody shows these to it: whatever it sends
 * then uses other keys than in its first run.
 */
class RollbackTest {
    private static final String NOTICE = "this server's files may be a restored old copy: this session is opened anew";

    private final HandSetClock clock = new HandSetClock();
    private ContactsBench alice;
    private ContactsBench bob;
    /** The packets of earlier runs. */
    private final List<Packet> saidBefore = new ArrayList<>();

    @BeforeEach
    void meet() throws Exception {
        alice = new ContactsBench(clock);
        bob = new ContactsBench(clock);
        ContactsBench.meet(alice, bob);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void talk() throws Exception {
        ContactsBench.talk(alice, bob);
    }

    private static Sessions.Session session(ContactsBench server, String contact) throws Exception {
        return server.sessions.list(Optional.empty()).stream()
                .filter(s -> s.contact().equals(contact))
                .findFirst()
                .orElseThrow();
    }

    /** Ends a run of alice's server, and starts one with older files. */
    private void putBack(ContactsBench before) throws Exception {
        saidBefore.addAll(alice.said);
        alice.close();
        clock.pass(Duration.ofSeconds(5));
        alice = before;
        alice.mend();
        clock.pass(Duration.ofSeconds(5));
    }

    private void putBackBob(ContactsBench before) throws Exception {
        saidBefore.addAll(bob.said);
        bob.close();
        clock.pass(Duration.ofSeconds(5));
        bob = before;
        bob.mend();
        clock.pass(Duration.ofSeconds(5));
    }

    private void assertTheyTalkAndNoKeyWasUsedTwice() throws Exception {
        alice.write("bob", "after it");
        bob.write("alice", "so it is");
        talk();
        assertTrue(bob.received().contains("after it"), bob.received()::toString);
        assertTrue(alice.received().contains("so it is"), alice.received()::toString);
        List<Packet> all = new ArrayList<>(saidBefore);
        all.addAll(alice.said);
        all.addAll(bob.said);
        Set<String> used = new HashSet<>();
        for (Packet packet : all) {
            if (packet.chain() != null) {
                String key = HexFormat.of().formatHex(packet.chain()) + "/" + packet.position();
                assertTrue(used.add(key), () -> "another " + packet.type() + " under " + key);
            }
        }
    }

    @Test
    void aHomeThatIsPutBackUsesNoKeyTwiceThoughNobodyShowsWhatTheFirstLifeSaid() throws Exception {
        ContactsBench.open(alice, bob);
        ContactsBench before = alice.reborn();
        alice.write("bob", "three, of the first life");
        talk();
        putBack(before);
        assertEquals(List.of("state-may-be-old"), alice.stage.audited);
        assertEquals(List.of(NOTICE), alice.notices());
        assertEquals(Sessions.State.OPENING, alice.session("bob"));
        assertTheyTalkAndNoKeyWasUsedTwice();
        assertEquals(List.of("one", "three, of the first life", "after it"), bob.received());
    }

    @Test
    void theSameCopyMayBePutBackAgainAndAgain() throws Exception {
        ContactsBench.open(alice, bob);
        ContactsBench copy = alice.reborn();
        for (int life = 1; life <= 3; life++) {
            alice.write("bob", "of life " + life);
            talk();
            assertTrue(bob.received().contains("of life " + life));
            putBack(copy.reborn());
        }
        copy.close();
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void whatWasQueuedInTheCopyGoesOverTheNewSession() throws Exception {
        ContactsBench.open(alice, bob);
        long queued = alice.write("bob", "queued");
        ContactsBench before = alice.reborn();
        talk();
        alice.write("bob", "three, of the first life");
        talk();
        putBack(before);
        assertEquals(State.QUEUED, alice.stage.state(queued));
        assertTheyTalkAndNoKeyWasUsedTwice();
        assertEquals(State.RELAYED, alice.stage.state(queued));
        assertEquals(List.of("one", "queued", "three, of the first life", "queued", "after it"), bob.received());
    }

    /** The first life has sent it: a second one would say that the message was shown. */
    @Test
    void aReceiptThatWasQueuedInTheCopyIsNotSentAgain() throws Exception {
        ContactsBench.open(alice, bob);
        alice.receipts(ReceiptMode.PAY, false);
        long id = bob.write("alice", "three");
        alice.hear(bob.say());
        ContactsBench before = alice.reborn();
        talk();
        assertTrue(bob.message(id).annotations().delivered() > 0);
        List<OutgoingMessage> queued = before.queued(PacketType.CONTROL);
        assertEquals(State.QUEUED, queued.get(queued.size() - 1).state());
        putBack(before);
        assertTrue(alice.queued(PacketType.CONTROL).stream()
                .allMatch(receipt -> receipt.state().isSettled()));
        assertTheyTalkAndNoKeyWasUsedTwice();
        assertEquals(0, bob.message(id).annotations().read());
    }

    /** The message is in a block, so the copy reads it, too. */
    @Test
    void aMessageThatIsReadAgainGetsNoSecondReceipt() throws Exception {
        alice.receipts(ReceiptMode.COVER, false);
        alice.write("bob", "one");
        talk();
        ContactsBench before = alice.reborn();
        before.receipts(ReceiptMode.COVER, false);
        long id = bob.write("alice", "two");
        List<Packet> two = bob.say();
        alice.hear(two);
        bob.hear(alice.ride().orElseThrow());
        assertTrue(bob.message(id).annotations().delivered() > 0);
        putBack(before);
        alice.hear(two);
        assertTheyTalkAndNoKeyWasUsedTwice();
        assertEquals(List.of("two", "so it is"), alice.received());
        while (alice.cargo("bob") > 0) {
            bob.hear(alice.ride().orElseThrow());
        }
        assertEquals(0, bob.message(id).annotations().read());
    }

    @Test
    void aKeyUpdateOfTheCopyIsNotSealedAgain() throws Exception {
        ContactsBench.open(alice, bob);
        alice.rekeyMessages(2);
        alice.write("bob", "three");
        List<Packet> out = alice.say();
        assertEquals(1, alice.count(PacketType.KEY_UPDATE));
        ContactsBench before = alice.reborn();
        bob.hear(out);
        talk();
        putBack(before);
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void anAnswerThatTheFirstLifeMayHaveGivenIsNotGivenAgain() throws Exception {
        ContactsBench before = bob.reborn();
        alice.write("bob", "one");
        List<Packet> handshake = alice.say();
        bob.hear(handshake);
        talk();
        assertEquals(List.of("one"), bob.received());
        putBackBob(before);
        bob.hear(handshake);
        assertEquals(0, bob.count(PacketType.HANDSHAKE_RESP));
        // Anyone who opened a session to bob then is offered one of his instead.
        talk();
        assertFalse(session(alice, "bob").initiator());
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void anAnswerThatWaitsInTheCopyIsNotSealedAgain() throws Exception {
        alice.write("bob", "one");
        bob.hear(alice.say());
        assertEquals(State.QUEUED, bob.queued(PacketType.HANDSHAKE_RESP).get(0).state());
        ContactsBench before = bob.reborn();
        talk();
        assertEquals(List.of("one"), bob.received());
        putBackBob(before);
        assertEquals(
                State.RECALLED, bob.queued(PacketType.HANDSHAKE_RESP).get(0).state());
        talk();
        assertFalse(session(alice, "bob").initiator(), "she has the new one");
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void theAnswerToAHandshakeOfTheCopyOpensNoSessionThatTheFirstLifeUsed() throws Exception {
        alice.write("bob", "one, of the first life");
        List<Packet> handshake = alice.say();
        ContactsBench before = alice.reborn();
        bob.hear(handshake);
        List<Packet> answer = bob.say();
        alice.hear(answer);
        talk();
        assertEquals(List.of("one, of the first life"), bob.received());
        putBack(before);
        alice.hear(answer);
        assertFalse(alice.isOpen("bob"));
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    /**
     * Another persona of the same server opens a session in the second of the detection: that handshake is an earlier
     * one.
     */
    @Test
    void aHandshakeOfTheSecondInWhichItIsFoundIsNotAnswered() throws Exception {
        alice.write("bob", "one");
        List<Packet> handshake = alice.say();
        bob.mend();
        bob.sessions.close(Optional.empty(), "alice");
        bob.hear(handshake);
        assertEquals(0, bob.count(PacketType.HANDSHAKE_RESP));
        assertEquals(Sessions.State.OPENING, bob.session("alice"), "he offers a session of his");
    }

    @Test
    void aHandshakeOfTheNextSecondIsAnswered() throws Exception {
        alice.write("bob", "one");
        bob.mend();
        bob.sessions.close(Optional.empty(), "alice");
        clock.pass(Duration.ofSeconds(1));
        bob.hear(alice.say());
        assertEquals(1, bob.count(PacketType.HANDSHAKE_RESP));
    }

    @Test
    void channelsBeginNewChains() throws Exception {
        var lobby = alice.stage.join("lobby", Mode.RATCHET);
        alice.change((tx, after) -> tx.put(SendChainRecord.TABLE, Keys.of(lobby.id()), Keys.ALL, new byte[] {1}, null));
        assertEquals(Network.REGTEST, lobby.network());
        alice.mend();
        assertEquals(0, alice.stage.store.count(SendChainRecord.TABLE));
    }

    /** Another server may have used it since these files were written. */
    @Test
    void aSessionIsInDoubtAfterAStart() throws Exception {
        alice.add(bob.falseCard(), "carol");
        alice.sessions.open(Optional.empty(), "bob");
        int doubtful = alice.contact("bob").id();
        int none = alice.contact("carol").id();
        try (ContactsBench next = alice.reborn()) {
            assertTrue(next.stage.recognition.own.isDoubtful(doubtful));
            assertFalse(next.stage.recognition.own.isDoubtful(none));
        }
    }

    /** While packets are still to be read, an answer to them may need the old keys. */
    @Test
    void oldKeysStayUntilWhatCameMeanwhileIsRead() throws Exception {
        alice.personas.rotate(Optional.empty(), false);
        clock.pass(Duration.ofHours(25));
        alice.stage.context.initialSync().draining.set(true);
        alice.keep();
        assertNotNull(alice.keys().old);
        alice.stage.context.initialSync().draining.set(false);
        alice.stage.context.initialSync().end();
        alice.keep();
        assertNotNull(alice.keys().old, "nobody reads");
        alice.stage.context.initialSync().begin();
        alice.keep();
        assertNull(alice.keys().old);
    }

    @Test
    void whoHasASessionOrAChainHasSpoken() throws Exception {
        assertFalse(hasSpoken());
        var lobby = alice.stage.join("lobby", Mode.RATCHET);
        assertFalse(hasSpoken());
        alice.change((tx, after) -> tx.put(SendChainRecord.TABLE, Keys.of(lobby.id()), Keys.ALL, new byte[] {1}, null));
        assertTrue(hasSpoken());
        alice.change((tx, after) -> tx.delete(SendChainRecord.TABLE, Keys.of(lobby.id())));
        alice.sessions.open(Optional.empty(), "bob");
        assertTrue(hasSpoken());
    }

    private boolean hasSpoken() throws Exception {
        return alice.stage.guard.transact(alice.owner::hasUsedKeys);
    }

    /** The other side may use one that was opened since, and then sends packets that nobody here can read. */
    @Test
    void aContactWithoutASessionIsOfferedOne() throws Exception {
        alice.mend();
        assertEquals(
                List.of("this server's files may be a restored old copy: a session is opened, in case another one was "
                        + "opened since"),
                alice.notices());
        assertEquals(Sessions.State.OPENING, alice.session("bob"));
        assertNotEquals(0, alice.keys().restored);
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void aSessionThatIsBeingOpenedIsOpenedAnew() throws Exception {
        alice.sessions.open(Optional.empty(), "bob");
        clock.pass(Duration.ofHours(2));
        alice.mend();
        assertEquals(
                List.of("this server's files may be a restored old copy: this session is opened anew"),
                alice.notices());
        assertEquals(Sessions.State.OPENING, alice.session("bob"));
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void aContactWhoseSessionCannotBeOpenedYetIsOfferedOneLater() throws Exception {
        alice.stage.suites.deny("XCHACHA20_POLY1305");
        alice.stage.suites.deny("AES_256_GCM");
        alice.mend();
        assertEquals(List.of(), alice.stage.allOutgoing());
        alice.stage.suites.allow("AES_256_GCM");
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
    }

    /** The other side may use a session that these files do not have, although nothing waits here. */
    @Test
    void aSessionIsOfferedAgainWhileTheOtherSideCannotHaveReadTheOffer() throws Exception {
        alice.mend();
        alice.say();
        restartAlice();
        clock.pass(Duration.ofHours(23));
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT), "it can still be read");
        clock.pass(Duration.ofHours(2));
        alice.keep();
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
        talk();
        assertTrue(alice.isOpen("bob"));
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT), "it was answered");
    }

    @Test
    void anOfferThatIsInABlockIsNotRepeated() throws Exception {
        alice.mend();
        alice.say();
        mined(alice.queued(PacketType.HANDSHAKE_INIT).get(0));
        alice.keep();
        restartAlice();
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
    }

    @Test
    void anOfferWhoseBlockIsGoneIsRepeated() throws Exception {
        alice.mend();
        alice.say();
        mined(alice.queued(PacketType.HANDSHAKE_INIT).get(0));
        alice.keep();
        OutgoingMessage offer = alice.queued(PacketType.HANDSHAKE_INIT).get(0);
        alice.change((tx, after) -> OutgoingRecords.put(tx, offer.on(0, PacketEvent.BLOCK_GONE)));
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
    }

    /** The store keeps no message for ever. */
    @Test
    void anOfferThatWasInABlockIsNotRepeatedOnceItIsForgotten() throws Exception {
        alice.mend();
        alice.say();
        OutgoingMessage offer = alice.queued(PacketType.HANDSHAKE_INIT).get(0);
        mined(offer);
        alice.keep();
        alice.change((tx, after) -> tx.delete(OutgoingRecords.TABLE, Keys.of(offer.id())));
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(0, alice.queued(PacketType.HANDSHAKE_INIT).size());
    }

    @Test
    void anOfferThatWasInNoBlockIsRepeatedAlsoOnceItIsForgotten() throws Exception {
        alice.mend();
        alice.say();
        OutgoingMessage offer = alice.queued(PacketType.HANDSHAKE_INIT).get(0);
        alice.change((tx, after) -> tx.delete(OutgoingRecords.TABLE, Keys.of(offer.id())));
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(1, alice.queued(PacketType.HANDSHAKE_INIT).size());
    }

    @Test
    void theBlockOfAnEarlierOfferDoesNotCountForALaterOne() throws Exception {
        alice.mend();
        alice.say();
        mined(alice.queued(PacketType.HANDSHAKE_INIT).get(0));
        clock.pass(Duration.ofHours(2));
        alice.sessions.openAgain(Optional.empty(), "bob");
        alice.say();
        alice.keep();
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(3, alice.count(PacketType.HANDSHAKE_INIT));
    }

    /** Its recipient rejects it, because it is older than its block by more than a day. */
    @Test
    void anOfferThatIsMinedTooLateIsRepeated() throws Exception {
        alice.mend();
        alice.say();
        clock.pass(Duration.ofHours(25));
        mined(alice.queued(PacketType.HANDSHAKE_INIT).get(0));
        alice.keep();
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
    }

    @Test
    void anOfferIsNotRepeatedForAUserWhoClosedTheSession() throws Exception {
        alice.mend();
        alice.say();
        alice.sessions.close(Optional.empty(), "bob");
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
    }

    /** The other side continues to use the session that the user replaced. */
    @Test
    void aSessionThatTheUserReplacesIsOfferedAgainToo() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofHours(2));
        long before = alice.count(PacketType.HANDSHAKE_INIT);
        alice.sessions.openAgain(Optional.empty(), "bob");
        alice.say();
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(before + 2, alice.count(PacketType.HANDSHAKE_INIT));
    }

    private void mined(OutgoingMessage outgoing) throws Exception {
        alice.change((tx, after) -> OutgoingRecords.put(tx, outgoing.on(0, PacketEvent.MINED)));
    }

    private void restartAlice() throws Exception {
        ContactsBench next = alice.reborn();
        alice.close();
        alice = next;
    }

    @Test
    void aPersonaThatOnlyReadsOffersNoSessionAndTellsOnce() throws Exception {
        alice.keys().copy = true;
        alice.mend();
        alice.mend();
        alice.keep();
        assertEquals(List.of(), alice.stage.allOutgoing());
        assertEquals(
                List.of("this server's files may be a restored old copy: messages of a session that was opened since "
                        + "cannot be read; open a new one with partyline:session-open"),
                alice.notices());
    }

    @Test
    void aPersonaThatOnlyReadsTellsAlsoAfterAnotherNotice() throws Exception {
        ContactsBench.open(alice, bob);
        alice.change((tx, after) -> alice.handshakes.lost(tx, after, alice.contact("bob")));
        alice.keys().copy = true;
        alice.mend();
        assertEquals(2, alice.notices().size(), alice.notices()::toString);
    }

    @Test
    void aSessionThatAnotherServerHasIsNotOpenedBeforeTheUserDecides() throws Exception {
        alice.change((tx, after) -> {
            SessionState session = alice.sessionState(tx, "bob");
            session.elsewhere = clock.millis();
            session.put(tx);
        });
        alice.mend();
        alice.keep();
        assertEquals(List.of(), alice.stage.allOutgoing());
    }

    // ---- not a rollback

    @Test
    void aSessionOutlivesARestartOfBothSides() throws Exception {
        ContactsBench.open(alice, bob);
        restartBoth();
        alice.write("bob", "three");
        bob.write("alice", "four");
        talk();
        assertEquals(List.of("one", "three"), bob.received());
        assertEquals(List.of("two", "four"), alice.received());
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT), "it is the same session");
    }

    @Test
    void anAnswerThatComesAfterARestartCompletesTheSession() throws Exception {
        alice.write("bob", "one");
        bob.hear(alice.say());
        restartBoth();
        talk();
        assertEquals(List.of("one"), bob.received());
    }

    @Test
    void whatIsUndecidedOutlivesARestart() throws Exception {
        bob.add(alice.falseCard(), "mallory");
        alice.sessions.open(Optional.empty(), "bob");
        talk();
        restartBoth();
        alice.write("bob", "it is me");
        talk();
        assertEquals(List.of("alice: it is me"), bob.written());
        bob.write("alice", "I see");
        talk();
        assertEquals(List.of("bob: I see"), alice.written());
    }

    private void restartBoth() throws Exception {
        ContactsBench first = alice;
        ContactsBench second = bob;
        alice = first.reborn();
        bob = second.reborn();
        first.close();
        second.close();
    }
}
