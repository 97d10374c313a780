package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.SizeRange;
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

    /** 80 bytes have no room for a signature and text. */
    private void carry(int most) {
        stage.put(PacketSizes.class, new PacketSizes() {
            @Override
            public int maxBucket(Network network) {
                return most;
            }

            @Override
            public SizeRange room(int persona, Network network, boolean sign, String via) {
                return new SizeRange(0, most);
            }

            @Override
            public SizeRange room(Conversation to, OutgoingMessage outgoing) {
                return new SizeRange(0, most);
            }
        });
    }

    @Test
    void aSignatureThatNoNodeCarriesIsRefusedWithTheReason() throws Exception {
        carry(80);
        NoSuchThingException refusal = assertThrows(NoSuchThingException.class, () -> messages.send(signed()));
        assertEquals(
                "a signed message needs packets of 128 bytes, but the nodes of "
                        + bob.network().label() + " carry less: send it without --sign",
                refusal.getMessage());
        assertEquals(List.of(), stage.allOutgoing());
        carry(128);
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
}
