package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.messages.ConversationBench.LOBBY;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Participant;
import org.partyline.api.engine.Conversations.Search;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;

/** A conversation as its reader sees it: its stored data, searches in it, and allowed remarks about its messages. */
class ConversationTest {
    private static final String THUMB = "\uD83D\uDC4D";

    private ConversationBench bench;

    @BeforeEach
    void lobby() throws Exception {
        bench = new ConversationBench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void anAnswerIsRefusedWhereTheMessageWasNotSaid() throws Exception {
        bench.stage.join("club", Mode.RATCHET);
        long id = bench.receive("carol", "the true words");
        // A program that may only write to one conversation learns nothing about a message of another one.
        for (long other : List.of(id, id + 1000)) {
            assertEquals(
                    "there is no message " + other + " in the conversation 'club': it is in another one, or was burned "
                            + "or erased, has expired, or never existed (partyline:messages)",
                    assertThrows(
                                    NoSuchThingException.class,
                                    () -> bench.messages.send(ConversationBench.answer("club", other)))
                            .getMessage());
        }
        assertEquals(List.of(), bench.stage.allOutgoing());
    }

    @Test
    void anAnswerIsPlannedWithTheNameOfTheMessageThatItAnswers() throws Exception {
        long id = bench.receive("carol", "the true words");
        long answer = bench.messages.send(ConversationBench.answer("lobby", id)).id();
        Locator meant = bench.stage.guard.<Locator, Exception>transact(
                tx -> new Locator(MessageRecords.find(tx, id).orElseThrow().locator()));
        assertEquals(PacketType.CONTROL, bench.stage.sealer.planned.type());
        assertEquals(
                Optional.of(new ControlBody.Reply(meant.shortened(), "an answer")),
                ControlBody.parse(bench.stage.sealer.planned.body()));
        assertArrayEquals(
                new ControlBody.Reply(meant.shortened(), "").encode(),
                bench.stage.outgoing(answer).body());
    }

    @Test
    void aBurnMessageTakesNothing() throws Exception {
        long id = bench.receive(bench.lobby, "carol", SignerId.NOBODY, "the true words", true);
        assertThrows(NoSuchThingException.class, () -> bench.conversations.react(id, THUMB));
        assertEquals(List.of(), bench.stage.allOutgoing());
        Message shown = bench.messages.read(id);
        assertEquals(Optional.of("the true words"), shown.text());
        assertEquals(List.of(), shown.remarks().reactions());
    }

    @Test
    void aMessageThatWasNeverSentIsKnownToNobodyElse() throws Exception {
        long id = bench.messages
                .send(new Messages.Send(Optional.empty(), "lobby", "the true words", Optional.empty(), false))
                .id();
        bench.stage.outbox.change(id, now -> now.ended(MessageEvent.FAILED, "refused"));
        assertEquals(
                "message " + id + " was never sent, so nobody else knows it",
                assertThrows(NoSuchThingException.class, () -> bench.conversations.react(id, THUMB))
                        .getMessage());
        assertEquals(
                new Conversations.Forgotten(Optional.empty(), "message " + id + " was never sent"),
                bench.conversations.forget(id));
    }

    @Test
    void aReactionIsQueuedAndSaysWhatItIsAbout() throws Exception {
        long id = bench.receive("carol", "the true words");
        long remark = bench.conversations.react(id, THUMB).id();
        OutgoingMessage queued = bench.stage.outgoing(remark);
        Locator meant = bench.stage.guard.<Locator, Exception>transact(
                tx -> new Locator(Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                        .orElseThrow()
                        .locator()));
        assertEquals(PacketType.CONTROL.code(), queued.type());
        assertEquals(Optional.of(new ControlBody.React(meant.shortened(), THUMB)), ControlBody.parse(queued.body()));
        assertEquals(
                Optional.of(id),
                bench.stage.guard.transact(tx -> RemarkRecord.find(tx, remark)).map(RemarkRecord::target));
        assertEquals(List.of(), bench.with("the true words").remarks().reactions(), "its readers see none yet");
    }

    @Test
    void whatACallerKeepsOfAReactionIsInItsTransaction() throws Exception {
        long id = bench.receive("carol", "the true words");
        long remark = bench.conversations
                .react(id, THUMB, (tx, made) -> tx.put("beside", Keys.of(made.id()), new byte[0], new byte[1], null))
                .id();
        assertTrue(bench.stage.guard.<Boolean, Exception>transact(tx -> tx.contains("beside", Keys.of(remark))));
        assertThrows(
                PartylineException.class,
                () -> bench.conversations.react(id, "", (tx, made) -> {
                    throw new PartylineException("answered before");
                }));
        assertEquals(
                List.of(remark),
                bench.stage.allOutgoing().stream().map(OutgoingMessage::id).toList());
    }

    @Test
    void whatIsKeptOfAConversationSurvivesARestart() throws Exception {
        bench.receive("carol", "before it");
        long id = bench.receive("carol", "the true words");
        bench.conversations.keepDraft(LOBBY, "half a sentence");
        bench.conversations.mute(LOBBY, true);
        bench.conversations.read(LOBBY, id);

        bench.begin();
        Conversation lobby = bench.lobby();
        assertTrue(lobby.muted());
        assertTrue(lobby.draft());
        assertEquals(OptionalLong.of(id), lobby.readTo());
        assertEquals(0, lobby.unread());
        assertEquals(Optional.of("half a sentence"), bench.conversations.draft(LOBBY));

        bench.conversations.read(LOBBY, id - 1);
        assertEquals(OptionalLong.of(id), bench.lobby().readTo());
        bench.conversations.keepDraft(LOBBY, "");
        bench.conversations.mute(LOBBY, false);
        bench.begin();
        assertEquals(Optional.empty(), bench.conversations.draft(LOBBY));
        assertFalse(bench.lobby().muted());
        assertFalse(bench.lobby().draft());
    }

    @Test
    void aDraftIsGoneWhenItIsAsOldAsMessagesGet() throws Exception {
        Duration oldest = bench.stage.settings.get().sending().defaultTtl();
        bench.conversations.keepDraft(LOBBY, "half a sentence");
        bench.stage.clock.pass(oldest.minusSeconds(1));
        assertEquals(Optional.of("half a sentence"), bench.conversations.draft(LOBBY));
        bench.stage.clock.pass(Duration.ofSeconds(1));
        assertEquals(Optional.empty(), bench.conversations.draft(LOBBY));
        assertFalse(bench.lobby().draft());
    }

    private List<String> found(String words, Optional<String> channel) throws Exception {
        return bench.conversations.search(new Search(words, channel.map(name -> LOBBY), 10)).stream()
                .map(message -> message.text().orElse("?"))
                .toList();
    }

    @Test
    void wordsAreFoundWhateverTheirFormAndNoBurnMessages() throws Exception {
        bench.receive("carol", "shall we meet at the CAF\u00C9?");
        bench.receive(bench.lobby, "carol", SignerId.NOBODY, "meet at the caf\u00E9 in secret", true);
        bench.receive("carol", "shall we meet?");
        assertEquals(List.of("shall we meet at the CAF\u00C9?"), found("cafe\u0301 MEET", Optional.of("lobby")));
        assertEquals(List.of("shall we meet at the CAF\u00C9?"), found("cafe\u0301 MEET", Optional.empty()));
        assertEquals(List.of(), found("nothing", Optional.empty()));
        assertThrows(NoSuchThingException.class, () -> found(" ", Optional.empty()));
    }

    @Test
    void mentionsAreCountedAndNothingIsMarkedByLooking() throws Exception {
        bench.receive("carol", "@Alice: shall we meet?");
        bench.receive("carol", "aliceblue@alices");
        bench.receive(bench.lobby, "carol", SignerId.NOBODY, "@alice, burn this", true);
        assertEquals(1, bench.lobby().mentions());
        assertEquals(3, bench.lobby().unread());
        assertTrue(bench.with("@Alice: shall we meet?").remarks().mentioned());
        assertFalse(bench.with("aliceblue@alices").remarks().mentioned());
        found("meet", Optional.empty());
        bench.conversations.history(LOBBY, OptionalLong.empty(), 10);
        assertEquals(3, bench.lobby().unread());
        // A message that has not arrived yet is not read.
        bench.conversations.read(LOBBY, Long.MAX_VALUE);
        assertEquals(0, bench.lobby().unread());
        assertEquals(0, bench.lobby().mentions());
        bench.receive("carol", "and again, @ALICE");
        assertEquals(1, bench.lobby().mentions());
        assertEquals(1, bench.lobby().unread());
    }

    @Test
    void whoWasHeardIsToldFromWhoCallsItselfSo() throws Exception {
        int contact = bench.stage
                .know("bob from work", bench.stage.identities.generate(bench.stage.random))
                .id();
        bench.chain("bob");
        bench.receive(bench.lobby, "bob", contact, "signed", false);
        bench.receive("bob", "not signed");
        bench.chain("bob");
        bench.receive("bob", "I am bob, believe me");
        List<Participant> heard = bench.conversations.participants(LOBBY);
        Participant signs = heard.stream()
                .filter(one -> one.contact().isPresent())
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.of("bob from work"), signs.contact());
        assertEquals(Optional.of(Trust.UNVERIFIED), signs.trust());
        assertEquals(1, signs.signed());
        Participant calls = heard.stream()
                .filter(one -> one.contact().isEmpty())
                .findFirst()
                .orElseThrow();
        assertEquals("bob", calls.nickname());
        assertEquals(2, calls.messages());
        assertEquals(0, calls.signed());
        assertEquals(2, calls.chains());
        assertEquals(2, heard.size());
    }

    /** Creates a text of ours that a node has. @param session the id of the chain it was sent on; empty if none */
    private long left(String text, byte[] session, int signer) throws Exception {
        long id = bench.stage.queue(bench.lobby, text);
        bench.stage.sealer.seal(id);
        bench.stage.outbox.changePart(
                id,
                0,
                part -> part.signed(new byte[10], new byte[32], 10, 1, "a", "").on(PacketEvent.TAKEN));
        byte[] packet = bench.stage.outgoing(id).parts().get(0).packet();
        bench.stage.guard.<StoreException>update(tx -> MessageRecords.put(
                tx,
                Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                        .orElseThrow()
                        .named(packet, session)
                        .with()
                        .signer(signer)
                        .build()));
        return id;
    }

    /** Creates our chain in the lobby. @param mined whether its opener is in a block */
    private void writeBy(byte[] session, boolean mined) throws Exception {
        bench.stage.guard.<StoreException>update(tx -> tx.put(
                SendChainRecord.TABLE,
                Keys.of(bench.lobby.id()),
                Keys.ALL,
                Cbor.write(new SendChainRecord(bench.lobby.id(), session, 1, new byte[1], 0, mined)),
                null));
    }

    private String notEdited(long id) throws Exception {
        int before = bench.stage.allOutgoing().size();
        String refusal = assertThrows(NoSuchThingException.class, () -> bench.conversations.edit(id, "other words"))
                .getMessage();
        assertEquals(before, bench.stage.allOutgoing().size());
        return refusal;
    }

    @Test
    void itsSenderAloneEditsAMessage() throws Exception {
        long id = bench.receive("carol", "the true words");
        assertEquals("message " + id + " is not yours: only its sender can edit it", notEdited(id));
    }

    @Test
    void onlyWhatItsReadersCanVerifyIsAskedOfThem() throws Exception {
        byte[] session = {1, 2, 3, 4, 5, 6, 7, 8};
        long open = left("to all", new byte[0], SignerId.NOBODY);
        String unsigned = "message " + open
                + " was sent to an open channel without a signature: its readers cannot verify that it was yours";
        assertEquals(unsigned, notEdited(open));
        assertEquals(new Conversations.Forgotten(Optional.empty(), unsigned), bench.conversations.forget(open));

        long id = left("the true words", session, SignerId.NOBODY);
        String gone = "the keys of message " + id
                + " are no longer used: its readers could not verify that you are its sender";
        assertEquals(gone, notEdited(id), "we write by no chain");
        writeBy(new byte[8], true);
        assertEquals(gone, notEdited(id), "by another one");
        writeBy(session, false);
        assertEquals(gone, notEdited(id), "what opened it is lost");
        writeBy(session, true);
        OutgoingMessage edit =
                bench.stage.outgoing(bench.conversations.edit(id, "other words").id());
        assertFalse(edit.sign());
        assertTrue(edit.ttlMinutes() > 0, "it is kept no longer than the message");

        long signed = left("signed", new byte[0], SignerId.SELF);
        assertTrue(bench.stage
                .outgoing(bench.conversations.edit(signed, "other words").id())
                .sign());
    }

    @Test
    void whatIsErasedHereIsNotSpokenOfAnyMore() throws Exception {
        long id = bench.receive("carol", "the true words");
        long other = bench.receive("carol", "other words");
        long waits = bench.conversations.react(id, THUMB).id();
        bench.conversations.react(other, THUMB);
        long gone = bench.conversations.react(id, "").id();
        bench.stage.sealer.seal(gone);
        bench.stage.outbox.changePart(gone, 0, part -> part.attempt("a", bench.stage.clock.millis()));
        assertEquals(new Conversations.Forgotten(Optional.empty(), ""), bench.conversations.forget(id));
        assertThrows(NoSuchThingException.class, () -> bench.messages.read(id));
        assertEquals(List.of(waits), bench.stage.outbox.givenUp);
        assertEquals(List.of(waits), bench.stage.sendQueue.released);
        Eventually.that(
                "programs that follow messages are told",
                () -> bench.stage.events.stream()
                        .flatMap(event -> event.change().stream())
                        .anyMatch(change -> change.kind() == Messages.Change.Kind.ERASED && change.id() == id));
    }
}
