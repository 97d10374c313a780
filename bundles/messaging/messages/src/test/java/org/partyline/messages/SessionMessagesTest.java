package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.testkit.messaging.StageBench;

/** Messages to a contact, and messages of the session itself. */
class SessionMessagesTest {
    private final StageBench stage = new StageBench();
    private final Messages messages = StageBench.offered(stage.add(MessagesStage::new), Messages.class);
    private ContactConversation bob;

    @BeforeEach
    void aContact() throws Exception {
        bob = stage.know("bob", stage.identities.generate(stage.random));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private Messages.Send signed() {
        return new Messages.Send(Optional.empty(), true, "bob", "signed", Optional.empty(), false, true);
    }

    @Test
    void aSignatureThatNoNodeCarriesIsRefusedWithTheReason() throws Exception {
        stage.sizes.signed = 0;
        NoSuchThingException refusal = assertThrows(NoSuchThingException.class, () -> messages.send(signed()));
        assertEquals(
                "a signed message needs packets of 128 bytes, but the nodes of "
                        + bob.network().label() + " carry less: send it without --sign",
                refusal.getMessage());
        assertEquals(List.of(), stage.allOutgoing());
        stage.sizes.most = 128;
        messages.send(signed());
        assertTrue(stage.allOutgoing().get(0).sign());
    }

    @Test
    void whatASessionSaysCannotBeCancelled() throws Exception {
        long id = stage.queue(bob, PacketType.CONTROL, new byte[] {ControlCodes.CLOSE});
        assertEquals("control", messages.outgoing(id).kind());
        NoSuchThingException refusal = assertThrows(NoSuchThingException.class, () -> messages.cancel(id));
        assertEquals(
                "message " + id + " is sent by a session itself: close the session with partyline:session-close",
                refusal.getMessage());
        assertEquals(State.QUEUED, stage.state(id));
        assertEquals(List.of(), stage.sendQueue.released);
        long text = stage.queue(bob, "never mind");
        messages.cancel(text);
        assertEquals(State.RECALLED, stage.state(text));
    }

    /** Creates a message that may be unread. */
    private long doubtful(String text, int ttlMinutes, UnaryOperator<MessageRecordBuilder> change) throws Exception {
        long id = stage.queue(bob, text, "confirm", Duration.ofHours(1), ttlMinutes);
        stage.guard.<StoreException>update(tx -> MessageRecords.put(
                tx,
                change.apply(MessageRecords.find(tx, id).orElseThrow().with().doubt(MessageRecord.MAY_BE_UNREAD))
                        .build()));
        return id;
    }

    private MessageRecord stored(long id) throws Exception {
        return stage.guard.transact(tx -> MessageRecords.find(tx, id)).orElseThrow();
    }

    @Test
    void messagesThatMayBeUnreadAreSentAgainAsTheyWere() throws Exception {
        long hour = doubtful("an hour", 60, message -> message);
        long burn = doubtful("burn", 0, message -> message.burn(true));
        doubtful("signed", 0, message -> message.signer(SignerId.SELF));
        doubtful("an answer", 0, message -> message.annotations(Annotations.replyTo("01020304")));
        long read = stage.queue(bob, "read");
        List<OutgoingMessage> again = new ArrayList<>();
        for (Messages.Receipt receipt : messages.sendAgain(Optional.empty(), "bob")) {
            again.add(stage.outgoing(receipt.id()));
        }
        assertEquals(List.of("an hour", "burn", "signed", "an answer"), stage.guard.transact(tx -> {
            List<String> texts = new ArrayList<>();
            for (OutgoingMessage one : again) {
                texts.add(MessageRecords.find(tx, one.id()).orElseThrow().text());
            }
            return texts;
        }));
        assertEquals(
                List.of(60, 0, 0, 0),
                again.stream().map(OutgoingMessage::ttlMinutes).toList());
        assertEquals(
                List.of(false, true, false, false),
                again.stream().map(OutgoingMessage::burn).toList());
        assertEquals(
                List.of(false, false, true, false),
                again.stream().map(OutgoingMessage::sign).toList());
        assertEquals("01020304", stored(again.get(3).id()).annotations().reply());
        assertEquals("", stored(again.get(0).id()).annotations().reply());
        assertEquals(PacketType.CONTROL.code(), again.get(3).type());
        for (long id : List.of(hour, burn)) {
            assertEquals(MessageRecord.SENT_AGAIN, stored(id).doubt());
        }
        assertEquals(stored(again.get(0).id()).doubt(), stored(read).doubt());
        assertEquals(
                "no message to 'bob' is marked as possibly unread",
                assertThrows(NoSuchThingException.class, () -> messages.sendAgain(Optional.empty(), "bob"))
                        .getMessage());
    }
}
