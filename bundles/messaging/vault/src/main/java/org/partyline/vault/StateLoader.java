package org.partyline.vault;

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
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.recognition.Unmatched;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Tables;

/** Builds the unlocked state from an open store. */
public final class StateLoader {
    private final People people;
    private final Recognition recognition;
    private final Clock clock;
    private final ChannelKeys channelKeys;
    private final Chains chains;
    private final EventHub events;
    private final PersonaKeyStore personaKeyStore;
    private final SessionChains sessionChains;

    public StateLoader(
            People people,
            Recognition recognition,
            Clock clock,
            ChannelKeys channelKeys,
            Chains chains,
            EventHub events,
            PersonaKeyStore personaKeyStore,
            SessionChains sessionChains) {
        this.people = people;
        this.recognition = recognition;
        this.clock = clock;
        this.channelKeys = channelKeys;
        this.chains = chains;
        this.events = events;
        this.personaKeyStore = personaKeyStore;
        this.sessionChains = sessionChains;
    }

    /** Accepts keys from now on, until they are wiped. */
    void begin() {
        people.begin();
        recognition.begin(channelKeys, chains);
        // Before anything is read: nobody knows what was missed while nothing was.
        recognition.chains.setFar(EnumSet.allOf(Network.class));
    }

    /** Reads all that memory holds: what packets are recognised by, and no messages. Part of the caller's transaction. */
    void fill(StoreTransaction tx) throws StoreException {
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
        personaKeyStore.load(tx);
        for (StoredRecord held : tx.list(HeldPackets.UNMATCHED)) {
            Candidate candidate = Cbor.read(held.value(), Candidate.class);
            recognition.unmatched.add(candidate.id(), candidate);
        }
        for (StoredRecord held : tx.list(HeldPackets.PARKED)) {
            recognition.parked.add(new PacketId(held.key()), Unmatched.hint(Cbor.read(held.value(), Candidate.class)));
        }
        for (ReceiveChainRecord entry : Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class)) {
            ReceiveChain chain = chains.decodeReceive(entry.chain());
            Arrays.fill(entry.chain(), (byte) 0);
            events.startLine(entry.number(), chain.highest() + 1);
            recognition.chains.follow(new ReceiveChainState(entry, chain));
        }
        for (SessionState session : Tables.all(tx, SessionState.TABLE, SessionState.class)) {
            if (people.conversations.contact(session.contact) != null) {
                recognition.own.doubt(session.contact);
                sessionChains.expectOwn(session);
            }
        }
        OutgoingRecords.forEach(tx, outgoing -> {
            Conversation conversation = people.conversations.find(outgoing.membership());
            for (int i = 0; conversation != null && i < outgoing.parts().size(); i++) {
                recognition.packets.addSent(
                        PacketId.of(
                                conversation.network().code(),
                                outgoing.parts().get(i).packet()),
                        new PacketIndex.Sent(outgoing.id(), i));
            }
        });
    }
}
