package org.partyline.receive;

import java.util.Arrays;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.PublicIdentity;
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
            if (contact.persona() != conversation.persona()) {
                continue;
            }
            for (PublicIdentity identity : contact.identitiesAt(content.timestamp())) {
                boolean candidate = content.senderId().isEmpty()
                        ? contact.id() == conversation.id()
                        : Arrays.equals(identity.senderId(), content.senderId().get());
                named |= candidate;
                if (candidate
                        && identities.verify(
                                identity, input, content.signature().get())) {
                    return contact.id();
                }
            }
        }
        return named ? SignerId.WRONG : SignerId.UNKNOWN;
    }
}
