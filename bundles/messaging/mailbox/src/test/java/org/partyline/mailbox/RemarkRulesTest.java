package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Change;
import org.partyline.api.engine.Messages.Reaction;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.EarlyRemark;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageChange;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.testkit.Eventually;

/**
 * Remarks about messages apply if they are allowed (PROTOCOL 6.1): not from another chain, another sender or another
 * conversation, and not about messages that are shown once.
 */
class RemarkRulesTest {
    private static final String THUMB = "\uD83D\uDC4D";
    private static final String HEART = "\u2764\uFE0F";
    private static final String WORDS = "the true words";
    private static final String OTHERS = "other words";

    private RemarkBench bench;
    private RemarkBench.Voice alice;
    private RemarkBench.Voice carol;

    @BeforeEach
    void twoMembers() throws Exception {
        bench = new RemarkBench();
        alice = bench.voice("alice");
        carol = bench.voice("carol");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private List<String> reactions(String words) throws Exception {
        return bench.shown(words).remarks().reactions().stream()
                .map(Reaction::reaction)
                .toList();
    }

    private static void assertIgnored(Inbox.Arrival arrival) {
        assertEquals(Optional.empty(), arrival.message());
        assertEquals(Optional.empty(), arrival.other());
        assertEquals(Optional.empty(), arrival.change());
    }

    private void nothingHappened() throws Exception {
        assertTrue(bench.shown(WORDS).remarks().edited().isEmpty());
        for (MessageRecord kept : bench.kept()) {
            assertFalse(kept.text().equals(OTHERS) || kept.text().contains("recalled a message"), kept.text());
        }
    }

    private void editAndForget(RemarkBench.Voice liar, Conversation in) throws Exception {
        Locator meant = bench.locator(WORDS);
        assertIgnored(liar.remark(in, new ControlBody.Edit(meant, OTHERS)));
        assertIgnored(liar.remark(in, new ControlBody.Forget(meant)));
        nothingHappened();
    }

    private static void assertChanged(Change.Kind kind, Inbox.Arrival arrival) {
        assertEquals(Optional.of(kind), arrival.change().map(MessageChange::kind));
    }

    @Test
    void itsSenderChangesItAndTakesItBack() throws Exception {
        alice.text(WORDS);
        assertChanged(Change.Kind.EDITED, alice.remark(new ControlBody.Edit(bench.locator(WORDS), OTHERS)));
        assertTrue(bench.shown(OTHERS).remarks().edited().isPresent());
        assertChanged(Change.Kind.ERASED, alice.remark(new ControlBody.Forget(bench.locator(OTHERS))));
        assertEquals(
                List.of("someone with the nickname 'alice' recalled a message"),
                bench.kept().stream().map(MessageRecord::text).toList());
        Eventually.that(
                "programs that follow messages are told",
                () -> bench.stage.events.stream()
                                .flatMap(event -> event.change().stream())
                                .count()
                        == 2);
    }

    @Test
    void anOlderEditThatArrivesLateDoesNotReplaceANewerOne() throws Exception {
        alice.text(WORDS);
        Locator meant = bench.locator(WORDS);
        bench.stage.clock.pass(Duration.ofSeconds(10));
        assertChanged(Change.Kind.EDITED, alice.remark(new ControlBody.Edit(meant, OTHERS)));
        bench.stage.clock.pass(Duration.ofSeconds(-5));
        assertIgnored(alice.remark(new ControlBody.Edit(meant, "older words")));
        assertEquals(Optional.of(OTHERS), bench.shown(OTHERS).text());
        bench.stage.clock.pass(Duration.ofSeconds(6));
        assertChanged(Change.Kind.EDITED, alice.remark(new ControlBody.Edit(meant, "newer words")));
    }

    private long early() throws Exception {
        return bench.stage.guard.transact(tx -> tx.count(EarlyRemark.TABLE));
    }

    @Test
    void whatArrivesBeforeItsMessageWaitsForIt() throws Exception {
        Locator meant = bench.next();
        assertIgnored(alice.remark(new ControlBody.Edit(meant, OTHERS)));
        assertIgnored(carol.remark(new ControlBody.React(meant.shortened(), THUMB)));
        assertEquals(
                Optional.of(OTHERS),
                alice.text(WORDS).message().map(MessageRecord::text),
                "whoever follows messages is shown the new text");
        assertTrue(bench.shown(OTHERS).remarks().edited().isPresent());
        assertEquals(List.of(THUMB), reactions(OTHERS));
        assertEquals(0, early());
    }

    @Test
    void aMessageThatItsSenderHasErasedBeforeItArrivesIsNotShown() throws Exception {
        assertIgnored(alice.remark(new ControlBody.Forget(bench.next())));
        Inbox.Arrival arrival = alice.text(WORDS);
        String notice = "someone with the nickname 'alice' recalled a message";
        assertEquals(Optional.of(notice), arrival.message().map(MessageRecord::text));
        assertEquals(
                List.of(notice), bench.kept().stream().map(MessageRecord::text).toList());
    }

    @Test
    void whatOthersSayBeforeAMessageArrivesChangesNothing() throws Exception {
        Conversation club = bench.stage.join("club", Mode.RATCHET);
        Locator meant = bench.next();
        for (RemarkBench.Voice liar : List.of(carol, carol.signed(SignerId.UNKNOWN), bench.voice("alice"))) {
            assertIgnored(liar.remark(new ControlBody.Edit(meant, OTHERS)));
            assertIgnored(liar.remark(new ControlBody.Forget(meant)));
        }
        assertIgnored(alice.remark(club, new ControlBody.Forget(meant)));
        alice.text(WORDS);
        nothingHappened();
    }

    @Test
    void aBurnMessageTakesNothingThatArrivedBeforeEither() throws Exception {
        Locator meant = bench.next();
        assertIgnored(alice.remark(new ControlBody.Edit(meant, OTHERS)));
        assertIgnored(carol.remark(new ControlBody.React(meant.shortened(), THUMB)));
        alice.text(bench.lobby, WORDS, true);
        nothingHappened();
        assertEquals(List.of(), reactions(WORDS));
    }

    @Test
    void whatFitsTwoMessagesThatArriveAfterItChangesNeither() throws Exception {
        Locator meant = bench.next();
        assertIgnored(carol.remark(new ControlBody.React(meant.shortened(), THUMB)));
        alice.text(bench.lobby, OTHERS, true);
        bench.nextLike(meant);
        alice.text(WORDS);
        assertEquals(List.of(), reactions(WORDS));
    }

    @Test
    void ofWhatArrivesBeforeItsMessageSomeIsKeptForADay() throws Exception {
        Locator meant = bench.next();
        assertIgnored(alice.remark(new ControlBody.Edit(meant, OTHERS)));
        for (int i = 0; i < EarlyRemark.MOST; i++) {
            carol.remark(new ControlBody.Forget(new Locator("%016x".formatted(i))));
        }
        assertEquals(EarlyRemark.MOST, early(), "a member's junk takes no more space");
        alice.text(WORDS);
        nothingHappened();
        bench.stage.clock.pass(EarlyRemark.LIFE);
        bench.stage.guard.transact(tx -> tx.deleteExpired(bench.stage.clock.instant()));
        assertEquals(0, early());
    }

    @Test
    void anotherMemberChangesNothing() throws Exception {
        alice.text(WORDS);
        carol.text("I am carol");
        editAndForget(carol, bench.lobby);
        editAndForget(carol.signed(SignerId.UNKNOWN), bench.lobby);
    }

    @Test
    void aChainThatIsNotTheMessagesChangesNothing() throws Exception {
        alice.text(WORDS);
        RemarkBench.Voice again = bench.voice("alice");
        again.text("on another chain");
        editAndForget(again, bench.lobby);
    }

    @Test
    void whatIsSaidElsewhereChangesNothing() throws Exception {
        ContactConversation contact = bench.stage.know("alice", bench.stage.identities.generate(bench.stage.random));
        Conversation club = bench.stage.join("club", Mode.RATCHET);
        alice.text(WORDS);
        alice.text(club, "in the club", false);
        alice.text(contact, "between us", false);
        Locator meant = bench.locator(WORDS);
        for (Conversation elsewhere : List.of(club, contact)) {
            editAndForget(alice, elsewhere);
            assertIgnored(alice.remark(elsewhere, new ControlBody.React(meant.shortened(), THUMB)));
            assertEquals(List.of(), reactions(WORDS));
        }
        // The same remark works where it is allowed.
        assertChanged(Change.Kind.REACTION, alice.remark(new ControlBody.React(meant.shortened(), THUMB)));
        assertEquals(List.of(THUMB), reactions(WORDS));
    }

    @Test
    void aSignedMessageIsChangedByItsSignatureOnly() throws Exception {
        int contact = bench.stage
                .know("alice", bench.stage.identities.generate(bench.stage.random))
                .id();
        alice.signed(contact).text(WORDS);
        assertEquals(Optional.of("alice"), bench.shown(WORDS).signedBy());
        editAndForget(alice, bench.lobby);
        alice.signed(contact).remark(new ControlBody.Edit(bench.locator(WORDS), OTHERS));
        assertEquals(Optional.of("alice"), bench.shown(OTHERS).signedBy());
        assertTrue(bench.shown(OTHERS).remarks().edited().isPresent());
    }

    @Test
    void nobodyChangesOurWords() throws Exception {
        bench.ours(WORDS, alice);
        alice.text("I am alice");
        editAndForget(alice, bench.lobby);
        assertEquals(Optional.of(WORDS), bench.shown(WORDS).text());
    }

    @Test
    void aReplyIsAMessageThatShowsWhatItAnswers() throws Exception {
        alice.text(WORDS);
        carol.remark(new ControlBody.Reply(bench.locator(WORDS).shortened(), "yes"));
        assertEquals("yes", bench.with("yes").text());
        Eventually.that(
                "told with what it answers",
                () -> bench.stage.events.stream()
                        .flatMap(event -> event.message().stream())
                        .anyMatch(message -> message.text().equals(Optional.of("yes"))
                                && message.remarks()
                                        .quote()
                                        .map(quote -> quote.text())
                                        .equals(Optional.of(WORDS))));
    }

    @Test
    void whoeverTellsNoNameIsNamedAsUnknown() throws Exception {
        RemarkBench.Voice nobody = bench.voice("");
        nobody.text("forget me");
        Inbox.Arrival arrival = nobody.remark(new ControlBody.Forget(bench.locator("forget me")));
        assertEquals(
                "an unknown sender recalled a message",
                arrival.message().orElseThrow().text());
    }

    @Test
    void whatWeEditAndReactWithIsShownAndToldOnceItIsOut() throws Exception {
        RemarkBench.Voice ours = bench.voice("ours");
        bench.ours(WORDS, ours);
        bench.say(bench.with(WORDS), new ControlBody.Edit(bench.locator(WORDS), OTHERS));
        assertEquals(Optional.of(OTHERS), bench.shown(OTHERS).text());
        assertTrue(bench.shown(OTHERS).remarks().edited().isPresent());
        bench.say(
                bench.with(OTHERS), new ControlBody.React(bench.locator(OTHERS).shortened(), THUMB));
        Eventually.that(
                "both are told",
                () -> bench.stage.events.stream()
                        .flatMap(event -> event.change().stream())
                        .map(Change::kind)
                        .toList()
                        .equals(List.of(Change.Kind.EDITED, Change.Kind.REACTION)));
        // One that is repeated, with the earlier time, changes nothing.
        MessageRecord now = bench.with(OTHERS);
        bench.stage.guard.transact(tx -> {
            MessageRecords.put(
                    tx, now.withAnnotations(now.annotations().edited(now.sent() + 86_400, Integer.MAX_VALUE)));
            return null;
        });
        bench.say(bench.with(OTHERS), new ControlBody.Edit(bench.locator(OTHERS), WORDS));
        assertEquals(Optional.of(OTHERS), bench.shown(OTHERS).text());
    }

    /** The time of its text has ended meanwhile. */
    @Test
    void whatWeSayAboutAMessageThatIsGoneChangesNothing() throws Exception {
        alice.text(WORDS);
        MessageRecord gone = bench.with(WORDS);
        Locator meant = bench.locator(WORDS).shortened();
        alice.remark(new ControlBody.Forget(bench.locator(WORDS)));
        bench.say(gone, new ControlBody.React(meant, THUMB));
        bench.sayOfNothing(new ControlBody.React(meant, THUMB));
        assertEquals(
                List.of(),
                bench.stage.events.stream()
                        .flatMap(event -> event.change().stream())
                        .filter(change -> change.kind() == Change.Kind.REACTION)
                        .toList());
    }

    @Test
    void anEditMakesNoMessageLiveLonger() throws Exception {
        alice.text(WORDS);
        long until = bench.with(WORDS).expires();
        alice.remark(new ControlBody.Edit(bench.locator(WORDS), OTHERS), 60 * 24 * 40);
        assertEquals(until, bench.with(OTHERS).expires());
    }

    @Test
    void aBurnMessageTakesNothing() throws Exception {
        alice.text(bench.lobby, WORDS, true);
        Locator meant = bench.locator(WORDS);
        assertIgnored(alice.remark(new ControlBody.React(meant.shortened(), THUMB)));
        editAndForget(alice, bench.lobby);
        assertEquals(Optional.of(WORDS), bench.shown(WORDS).text());
        assertEquals(List.of(), reactions(WORDS));
    }

    @Test
    void aReactionIsOfWhoSentItAndOneOfEach() throws Exception {
        alice.text(WORDS);
        carol.text("I am carol");
        Locator meant = bench.locator(WORDS).shortened();
        carol.remark(new ControlBody.React(meant, THUMB));
        carol.remark(new ControlBody.React(meant, HEART));
        assertEquals(List.of(HEART), reactions(WORDS));
        bench.stage.clock.pass(Duration.ofSeconds(1));
        alice.remark(new ControlBody.React(meant, ""));
        // Alice cannot withdraw Carol's.
        assertEquals(List.of(HEART), reactions(WORDS));
        Reaction one = bench.shown(WORDS).remarks().reactions().get(0);
        assertEquals("carol", one.sender());
        assertFalse(one.own());
    }

    /** They are stored with the message, for later readers of the store. */
    @Test
    void whatWeReactWithCountsHereOnceItIsOutBesideWhatOthersDo() throws Exception {
        alice.text(WORDS);
        Locator meant = bench.locator(WORDS).shortened();
        carol.remark(new ControlBody.React(meant, THUMB));
        bench.say(bench.with(WORDS), new ControlBody.React(meant, THUMB));
        assertEquals(List.of(THUMB, THUMB), reactions(WORDS));
        assertTrue(bench.shown(WORDS).remarks().reactions().get(1).own());
        bench.stage.clock.pass(Duration.ofSeconds(1));
        bench.say(bench.with(WORDS), new ControlBody.React(meant, HEART));
        assertEquals(List.of(THUMB, HEART), reactions(WORDS));
    }
}
