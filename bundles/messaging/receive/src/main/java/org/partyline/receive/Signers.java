package org.partyline.receive;

import java.util.Arrays;
import org.partyline.api.identity.Identities;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketKey;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;

/** Finds the signer of an opened packet. */
public final class Signers {
    private final People people;
    private final PacketCodec codec;
    private final Identities identities;

    public Signers(People people, PacketCodec codec, Identities identities) {
        this.people = people;
        this.codec = codec;
        this.identities = identities;
    }

    /** Returns the signer of a packet, as in a {@link MessageRecord}. */
    int of(Conversation conversation, OpenedPacket opened, PacketKey key) {
        Content content = opened.content();
        if (content.signature().isEmpty()) {
            return SignerId.NOBODY;
        }
        byte[] input = codec.signatureInput(content, key, opened.suite());
        boolean named = false;
        for (ContactConversation contact : people.conversations.contacts()) {
            boolean candidate = contact.persona() == conversation.persona()
                    && contact.identity().isPresent()
                    && (content.senderId().isEmpty()
                            ? contact.id() == conversation.id()
                            : Arrays.equals(
                                    contact.identity().get().senderId(),
                                    content.senderId().get()));
            if (candidate) {
                named = true;
                if (identities.verify(
                        contact.identity().get(), input, content.signature().get())) {
                    return contact.id();
                }
            }
        }
        return named ? SignerId.WRONG : SignerId.UNKNOWN;
    }
}
