package org.partyline.messaging.kernel;

import java.util.List;
import org.partyline.api.Network;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ConversationSummaries;
import org.partyline.messaging.conversation.ConversationTable;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaTable;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.BeaconSet;
import org.partyline.messaging.recognition.ChainTable;
import org.partyline.messaging.recognition.OwnLocators;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.Parked;
import org.partyline.messaging.recognition.SealedSecrets;
import org.partyline.messaging.recognition.Unmatched;

/**
 * The state that is in memory only while the store is open, by its owners. Here is only what concerns several of them.
 * Guarded by the kernel's lock; wiped by {@link #close()}.
 */
public final class Unlocked implements AutoCloseable {
    public final PersonaTable personas = new PersonaTable();
    public final ConversationTable conversations = new ConversationTable();
    public final ConversationSummaries summaries = new ConversationSummaries();
    public final Unmatched unmatched = new Unmatched();
    /** The keys of sealed packets, and the packets that wait for one. */
    public final SealedSecrets secrets = new SealedSecrets();
    /** The packets that wait in the store, for a suite or for their key. */
    public final Parked parked = new Parked();

    public final PacketIndex packets = new PacketIndex();
    public final ChainTable chains;
    public final BeaconSet beacons;
    public final OwnLocators own;

    public Unlocked(ChannelKeys channelKeys, Chains chains) {
        this.chains = new ChainTable(chains.newLocatorTable(), unmatched, this::network);
        this.beacons = new BeaconSet(channelKeys, chains.newBeaconTable(), secrets, unmatched);
        this.own = new OwnLocators(chains.newLocatorTable());
    }

    private Network network(ReceiveChainState chain) {
        Conversation conversation = conversations.find(chain.entry.membership());
        return conversation == null ? null : conversation.network();
    }

    /** A place in a channel, whose sealed packets of these days are expected from now on. */
    public void add(ChannelMembership member, int firstDay, int lastDay) {
        conversations.add(member);
        beacons.add(member, firstDay, lastDay);
    }

    /** A channel was left: nothing of it is recognised any more, and its keys are wiped. */
    public void remove(ChannelMembership member) {
        beacons.remove(member);
        chains.of(member.id()).forEach(chains::remove);
        conversations.remove(member);
        summaries.remove(member.id());
    }

    /** The other places of this server in the same channel: they have the same root of a day. */
    public List<ChannelMembership> sharers(ChannelMembership member) {
        return beacons.sharers(member).stream().map(conversations::member).toList();
    }

    /** A contact was erased: nothing of it is recognised any more. */
    public void remove(ContactConversation contact) {
        for (ReceiveChainState chain : chains.of(contact.id())) {
            chains.remove(chain);
        }
        own.forget(contact.id());
        conversations.remove(contact);
        summaries.remove(contact.id());
    }

    /** A persona's keys from now on; those before are wiped, and so are its inboxes. */
    public void put(PersonaKeys personaKeys) {
        removeKeys(personaKeys.persona);
        personas.put(personaKeys);
    }

    /** Wipes a persona's keys, and its inboxes with them. */
    public void removeKeys(int persona) {
        beacons.removeInboxes(persona);
        personas.remove(persona);
    }

    @Override
    public void close() {
        unmatched.clear();
        parked.clear();
        Throwable failed = null;
        for (AutoCloseable owner :
                List.of(personas, conversations, summaries, chains, beacons, own, secrets, packets)) {
            try {
                owner.close();
            } catch (Exception | LinkageError e) {
                // The others are wiped anyway.
                failed = e;
            }
        }
        if (failed != null) {
            throw new IllegalStateException("an owner of unlocked state could not be wiped", failed);
        }
    }
}
