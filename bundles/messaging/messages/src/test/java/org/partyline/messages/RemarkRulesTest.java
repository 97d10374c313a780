package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations.Forgotten;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;

/** Tests which remarks about messages are rejected, and how the others are sent. */
class RemarkRulesTest {
    private static final String THUMB = "\uD83D\uDC4D";
    private static final byte[] SESSION = {1, 2, 3, 4, 5, 6, 7, 8};

    private ConversationBench bench;

    @BeforeEach
    void lobby() throws Exception {
        bench = new ConversationBench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void change(long id, UnaryOperator<MessageRecordBuilder> change) throws Exception {
        bench.stage.guard.<Exception>update(tx -> MessageRecords.put(
                tx,
                change.apply(Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                                .orElseThrow()
                                .with())
                        .build()));
    }

    /** Creates a message of ours that a node has. */
    private long left(long id, int signer) throws Exception {
        bench.stage.sealer.seal(id);
        bench.stage.outbox.changePart(
                id,
                0,
                part -> part.signed(new byte[10], new byte[32], 10, 1, "a", "").on(PacketEvent.TAKEN));
        byte[] packet = bench.stage.outgoing(id).parts().get(0).packet();
        bench.stage.guard.<Exception>update(tx -> {
            MessageRecord message = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                    .orElseThrow();
            MessageRecords.put(
                    tx, message.named(packet, SESSION).with().signer(signer).build());
            SendChainRecord chain = new SendChainRecord(bench.lobby.id(), SESSION, 1, new byte[1], 0, true);
            tx.put(SendChainRecord.TABLE, Keys.of(bench.lobby.id()), Keys.ALL, Cbor.write(chain), null);
        });
        return id;
    }

    private long left(int signer) throws Exception {
        return left(bench.stage.queue(bench.lobby, "the true words"), signer);
    }

    private interface Remark {
        Receipt make() throws PartylineException;
    }

    private String refused(Remark remark) throws Exception {
        List<Long> before =
                bench.stage.allOutgoing().stream().map(OutgoingMessage::id).toList();
        String refusal = assertThrows(PartylineException.class, remark::make).getMessage();
        assertEquals(
                before,
                bench.stage.allOutgoing().stream().map(OutgoingMessage::id).toList());
        return refusal;
    }

    private String unreacted(long id) throws Exception {
        return refused(() -> bench.conversations.react(id, THUMB));
    }

    @Test
    void aRemarkIsAboutAMessageThatOthersKnow() throws Exception {
        long burn = bench.receive(bench.lobby, "carol", SignerId.NOBODY, "secret", true);
        assertEquals(
                "message " + burn + " is a burn message: it is shown once and cannot be referred to", unreacted(burn));
        long notice = bench.receive("carol", "joined");
        change(notice, message -> message.notice(true));
        assertEquals(
                "message " + notice + " is an event of the conversation, not a message from a person",
                unreacted(notice));
        long unnamed = bench.receive("carol", "old form");
        change(unnamed, message -> message.locator(""));
        assertEquals("message " + unnamed + " arrived in a packet form that does not support this", unreacted(unnamed));
        long waits = bench.stage.queue(bench.lobby, "ours");
        String unsent = "message " + waits + " has not been sent: cancel it with partyline:cancel " + waits
                + ", and write it again";
        assertEquals(unsent, unreacted(waits));
        assertEquals(
                unsent,
                assertThrows(NoSuchThingException.class, () -> bench.conversations.forget(waits))
                        .getMessage());
        assertEquals(State.QUEUED, bench.stage.state(waits));
        assertEquals(
                "there is no message 99: it was burned, erased, has expired, or never existed (partyline:messages)",
                unreacted(99));
    }

    @Test
    void aMessageWhosePacketBeginsLikeAnotherIsNotReactedTo() throws Exception {
        long one = bench.receive("carol", "one");
        long other = bench.receive("carol", "other");
        change(one, message -> message.locator("0102030405060708"));
        change(other, message -> message.locator("0102030499999999"));
        assertEquals(
                "message " + one
                        + " cannot be distinguished by its readers from another one of this conversation: their packets start alike",
                unreacted(one));
        change(other, message -> message.locator("0102030599999999"));
        bench.conversations.react(one, THUMB);
    }

    @Test
    void aReactionIsOneCharacterAndAnEditHasText() throws Exception {
        long id = bench.receive("carol", "hello");
        assertTrue(refused(() -> bench.conversations.react(id, "ab"))
                .startsWith("a reaction must be one visible character or emoji, of at most "));
        bench.conversations.react(id, "");
        long ours = left(SignerId.NOBODY);
        assertEquals(
                "the new text is empty: erase the message with partyline:forget " + ours,
                refused(() -> bench.conversations.edit(ours, " ")));
        assertEquals(
                "the message contains the control character U+0003: remove it",
                refused(() -> bench.conversations.edit(ours, "ls\u0003")));
    }

    @Test
    void anEditOfAnUnsignedMessageCountsOnItsChainOnly() throws Exception {
        long unsigned =
                bench.conversations.edit(left(SignerId.NOBODY), "other words").id();
        long signed =
                bench.conversations.edit(left(SignerId.SELF), "other words").id();
        assertEquals("0102030405060708", remark(unsigned).session());
        assertEquals("", remark(signed).session());
    }

    @Test
    void aRemarkAboutASignedMessageIsSigned() throws Exception {
        bench.conversations.edit(left(SignerId.NOBODY), "other words");
        assertEquals(Optional.empty(), bench.stage.sealer.planned.senderId());
        long signed = left(SignerId.SELF);
        bench.conversations.edit(signed, "other words");
        assertArrayEquals(
                bench.stage.keys().keys.identity().senderId(),
                bench.stage.sealer.planned.senderId().orElseThrow());
        bench.stage.sizes.signed = 127;
        assertEquals(
                "a remark about a signed message is signed too, which needs packets of 128 bytes, but the nodes of "
                        + "regtest carry less",
                refused(() -> bench.conversations.edit(signed, "other words")));
    }

    @Test
    void aRemarkDoesNotShowItsContent() {
        assertEquals("Remark", new RemarkQueue.Remark(null, null, false, "", 0).toString());
    }

    @Test
    void aMessageOfASessionIsEditedWhileTheSessionIsOpen() throws Exception {
        ContactConversation bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
        long id = left(bench.stage.queue(bob, "the true words"), SignerId.NOBODY);
        SessionState session = new SessionState();
        session.contact = bob.id();
        session.name = SESSION;
        for (Sessions.State state : Sessions.State.values()) {
            session.state = state;
            bench.stage.guard.<StoreException>update(session::put);
            if (state == Sessions.State.OPEN) {
                assertEquals(
                        "0102030405060708",
                        remark(bench.conversations.edit(id, "other words").id()).session());
            } else {
                assertTrue(refused(() -> bench.conversations.edit(id, "other words"))
                        .contains("are no longer used"));
            }
        }
    }

    private RemarkRecord remark(long id) throws Exception {
        return bench.stage.guard.transact(tx -> RemarkRecord.find(tx, id)).orElseThrow();
    }

    @Test
    void anEditIsKeptByItsReadersNoLongerThanItsMessage() throws Exception {
        long hour = left(SignerId.NOBODY);
        long usual = left(
                bench.stage.queue(bench.lobby, "no time named", "confirm", Duration.ofHours(1), 0), SignerId.NOBODY);
        bench.stage.clock.pass(Duration.ofMinutes(10));
        for (int i = 0; i < 2; i++) {
            long edit = bench.conversations.edit(hour, "other words").id();
            assertEquals(50, bench.stage.outgoing(edit).ttlMinutes());
            assertEquals(OptionalInt.of(50), bench.stage.sealer.planned.ttlMinutes());
            bench.stage.clock.pass(Duration.ofSeconds(1));
        }
        assertEquals(
                0,
                bench.stage
                        .outgoing(bench.conversations.edit(usual, "other words").id())
                        .ttlMinutes());
        assertEquals(OptionalInt.empty(), bench.stage.sealer.planned.ttlMinutes());
    }

    @Test
    void aMessageThatReadersAreNotAskedToEraseIsErasedHere() throws Exception {
        long open = left(SignerId.NOBODY);
        change(open, message -> message.session(""));
        assertTrue(bench.conversations.forget(open).why().contains("to an open channel without a signature"));
        assertThrows(NoSuchThingException.class, () -> bench.messages.read(open));
        long burn = left(SignerId.NOBODY);
        change(burn, message -> message.burn(true));
        assertEquals(
                new Forgotten(
                        Optional.empty(), "message " + burn + " is a burn message, which its readers see only once"),
                bench.conversations.forget(burn));
        assertThrows(NoSuchThingException.class, () -> bench.messages.read(burn));
    }

    @Test
    void aMessageThatReadersAreAskedToEraseIsErasedHereWithItsWaitingRemarks() throws Exception {
        long id = left(SignerId.NOBODY);
        long edit = bench.conversations.edit(id, "other words").id();
        Forgotten forgotten = bench.conversations.forget(id);
        assertEquals("", forgotten.why());
        assertEquals(
                State.QUEUED, bench.stage.state(forgotten.asked().orElseThrow().id()));
        assertThrows(NoSuchThingException.class, () -> bench.messages.read(id));
        assertEquals(List.of(edit), bench.stage.outbox.givenUp);
        assertEquals(List.of(edit), bench.stage.sendQueue.released);
    }

    /** What is kept of a remark once its outcome was reported. */
    @Test
    void onlyARequestToForgetKeepsNothingOfWhatItWas() throws Exception {
        long id = left(SignerId.NOBODY);
        assertEquals(
                ControlCodes.REACT,
                remark(bench.conversations.react(id, THUMB).id()).unsent());
        assertEquals(
                0,
                remark(bench.conversations.forget(id).asked().orElseThrow().id())
                        .unsent());
    }

    @Test
    void aReadOnlyPersonaMakesNoRemarksAndMainnetIsAcceptedFirst() throws Exception {
        long id = bench.receive("carol", "hello");
        bench.stage.keys().copy = true;
        assertTrue(unreacted(id).startsWith("persona 'alice' only reads"));
        bench.stage.keys().copy = false;
        ChannelMembership market = bench.stage.join("market", Mode.RATCHET, Network.MAINNET);
        long real = bench.receive(market, "carol", SignerId.NOBODY, "for money", false);
        assertTrue(unreacted(real).contains("partyline:fee-limit --accept-mainnet"));
    }

    private String carrier(long id) throws Exception {
        return bench.stage.outgoing(bench.conversations.react(id, THUMB).id()).carrier();
    }

    @Test
    void aRemarkUsesTheCarrierOfAMessageWithoutOne() throws Exception {
        Conversation rolls = bench.stage.join("rolls", Mode.RATCHET);
        ((ChannelMembership) rolls).entry = ((ChannelMembership) rolls).entry.withCarrier(Optional.of(Carrier.ROLLING));
        long rolling = bench.receive(rolls, "carol", SignerId.NOBODY, "hello", false);
        assertEquals("rolling", carrier(rolling));
        assertEquals("confirm", carrier(bench.receive("carol", "hello")));
        bench.stage.cover.orders.put(StageBench.ALICE.id(), new CoverOrder(Duration.ofMinutes(1), 100_000, 80));
        assertEquals("confirm", carrier(rolling), "decoys use the configured one");
    }

    @Test
    void aRemarkToAContactWithAnAccountUsesTheCarrierThatPaysFromIt() throws Exception {
        ContactConversation bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
        bob.entry = bob.entry.withAccount("apart", 2);
        bench.stage.settings.carrier("rolling");
        assertEquals("confirm", carrier(bench.receive(bob, "", SignerId.NOBODY, "hello", false)));
        assertEquals("rolling", carrier(bench.receive("carol", "hello")));
    }

    @Test
    void aRemarkWhoseSizeIsUnknownIsStored() throws Exception {
        long id = bench.receive("carol", "hello");
        bench.stage.sizes.most = 0;
        assertEquals(0, bench.conversations.react(id, THUMB).packets());
        bench.stage.sizes.most = 80;
        for (Class<?> part : List.of(PacketSizes.class, QueueSealer.class)) {
            bench.stage.stop(part);
            Receipt receipt = bench.conversations.react(id, "");
            assertEquals(0, receipt.packets());
            assertEquals(State.QUEUED, bench.stage.state(receipt.id()));
            bench.stage.start(part);
        }
        assertEquals(1, bench.conversations.react(id, THUMB).packets());
    }

    @Test
    void programsAreToldOfAQueuedRemark() throws Exception {
        List<Bus.Queued> queued = new ArrayList<>();
        bench.stage.bus.on(Bus.Queued.class, queued::add);
        long remark = bench.conversations
                .react(bench.receive("carol", "hello"), THUMB)
                .id();
        assertEquals(1, queued.size(), "the sender looks at once");
        Eventually.that(
                "programs are told",
                () -> bench.stage.events.stream()
                        .flatMap(event -> event.outgoing().stream())
                        .anyMatch(outgoing -> outgoing.id() == remark && outgoing.state() == State.QUEUED));
        assertEquals(
                Optional.of(State.QUEUED),
                bench.stage
                        .guard
                        .transact(tx -> OutgoingRecords.find(tx, remark))
                        .map(OutgoingMessage::state));
    }
}
