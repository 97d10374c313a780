package org.partyline.state;

import java.time.Clock;
import java.util.Arrays;
import java.util.EnumSet;
import org.partyline.api.Network;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.recognition.Unmatched;
import org.partyline.messaging.recognition.UsedPositionRecord;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Tables;

/**
 * Loads and expires the state that all stages share: people, conversations, and the data by which packets are
 * recognised.
 */
final class SharedState implements StateOwner {
    private final People people;
    private final Recognition recognition;
    private final Clock clock;
    private final ChannelKeys channelKeys;
    private final Chains chains;
    private final EventHub events;

    SharedState(
            People people,
            Recognition recognition,
            Clock clock,
            ChannelKeys channelKeys,
            Chains chains,
            EventHub events) {
        this.people = people;
        this.recognition = recognition;
        this.clock = clock;
        this.channelKeys = channelKeys;
        this.chains = chains;
        this.events = events;
    }

    @Override
    public int place() {
        return 0;
    }

    /** Accepts keys from now on, until they are wiped. Reads no messages. */
    @Override
    public void load(StoreTransaction tx) throws StoreException {
        people.begin();
        recognition.begin(channelKeys, chains);
        // Before anything is read: packets may have been missed while nothing was read.
        recognition.chains.setFar(EnumSet.allOf(Network.class));
        loadPeople(tx);
        for (StoredRecord held : tx.list(HeldPackets.UNMATCHED)) {
            Candidate candidate = Cbor.read(held.value(), Candidate.class);
            recognition.unmatched.add(candidate.id(), candidate);
        }
        for (StoredRecord held : tx.list(HeldPackets.PARKED)) {
            Candidate candidate = Cbor.read(held.value(), Candidate.class);
            recognition.parked.add(
                    new PacketId(held.key()), Unmatched.hint(candidate), candidate.arrived(), candidate.day());
        }
        // After the packets that matched nothing: one of them may be the next on a chain.
        for (ReceiveChainRecord entry : Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class)) {
            ReceiveChain chain = chains.decodeReceive(entry.chain());
            Arrays.fill(entry.chain(), (byte) 0);
            events.startLine(entry.number(), chain.highest() + 1);
            recognition.chains.follow(new ReceiveChainState(entry, chain));
        }
        UsedPositionRecord.load(tx, recognition.chains);
    }

    private void loadPeople(StoreTransaction tx) throws StoreException {
        for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
            people.personas.setName(persona.id(), persona.name());
        }
        int today = Days.of(clock.instant());
        for (MembershipRecord entry : Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class)) {
            ChannelMembership member = new ChannelMembership(entry);
            people.conversations.add(member);
            recognition.beacons.add(member, entry.rootDay(), today + 1);
        }
        for (ContactRecord entry : Tables.all(tx, ContactRecord.TABLE, ContactRecord.class)) {
            people.conversations.add(new ContactConversation(entry));
        }
    }
}
