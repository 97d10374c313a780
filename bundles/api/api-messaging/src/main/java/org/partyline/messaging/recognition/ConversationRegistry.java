package org.partyline.messaging.recognition;

import java.util.List;
import org.partyline.api.SecretBytes;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ConversationSummaries;
import org.partyline.messaging.conversation.ConversationTable;

/** Adds and removes conversations in every table that refers to them. */
public final class ConversationRegistry {
    private final ConversationTable conversations;
    private final Recognition recognition;
    private final ConversationSummaries summaries;

    public ConversationRegistry(
            ConversationTable conversations, Recognition recognition, ConversationSummaries summaries) {
        this.conversations = conversations;
        this.recognition = recognition;
        this.summaries = summaries;
    }

    /** Adds a membership, whose sealed packets of these days are expected from now on. */
    public void add(ChannelMembership member, int firstDay, int lastDay) {
        conversations.add(member);
        recognition.beacons.add(member, firstDay, lastDay);
    }

    /** The root of a later day, from which the keys of the days before it cannot be derived. */
    public SecretBytes root(ChannelMembership member, int day) {
        return recognition.beacons.root(member, day);
    }

    /** Called when a channel was left: its packets are no longer recognised, and its keys are wiped. */
    public void remove(ChannelMembership member) {
        recognition.beacons.remove(member);
        // Those that opened its chains are needed if it is joined again.
        recognition.packets.forgetHandled();
        recognition.chains.of(member.id()).forEach(recognition.chains::remove);
        conversations.remove(member);
        summaries.remove(member.id());
    }

    /** The other memberships of this server in the same channel: they have the same daily roots. */
    public List<ChannelMembership> sharers(ChannelMembership member) {
        return recognition.beacons.sharers(member).stream()
                .map(conversations::member)
                .toList();
    }

    /** Stops recognising a message's packets as ours. */
    public void removeSent(long message) {
        recognition.packets.removeSent(message);
    }

    /** Called when a contact was erased: its packets are no longer recognised. */
    public void remove(ContactConversation contact) {
        recognition.chains.of(contact.id()).forEach(recognition.chains::remove);
        recognition.own.forget(contact.id());
        conversations.remove(contact);
        summaries.remove(contact.id());
    }
}
