package org.partyline.kernel.vault;

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
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.kernel.Days;
import org.partyline.messaging.kernel.EventHub;
import org.partyline.messaging.kernel.Live;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.Unmatched;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Tables;

/** Builds the unlocked state from an open store. */
public final class StateLoader {
    private final Clock clock;
    private final ChannelKeys channelKeys;
    private final Chains chains;
    private final EventHub events;
    private final PersonaKeyStore personaKeyStore;
    private final SessionChains sessionChains;
    private final Live<Reception> reception;

    public StateLoader(
            Clock clock,
            ChannelKeys channelKeys,
            Chains chains,
            EventHub events,
            PersonaKeyStore personaKeyStore,
            SessionChains sessionChains,
            Live<Reception> reception) {
        this.clock = clock;
        this.channelKeys = channelKeys;
        this.chains = chains;
        this.events = events;
        this.personaKeyStore = personaKeyStore;
        this.sessionChains = sessionChains;
        this.reception = reception;
    }

    /** An empty one. The caller's to close. */
    Unlocked begin() {
        Unlocked memory = new Unlocked(channelKeys, chains);
        // Before anything is read: nobody knows what was missed while nothing was.
        memory.chains.setFar(EnumSet.allOf(Network.class));
        return memory;
    }

    /** Reads all that memory holds: what packets are recognised by, and no messages. Part of the caller's transaction. */
    void fill(StoreTransaction tx, Unlocked memory) throws StoreException {
        for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
            memory.personas.setName(persona.id(), persona.name());
        }
        int today = Days.of(clock.instant());
        for (MembershipRecord entry : Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class)) {
            memory.add(new ChannelMembership(entry), entry.rootDay(), today + 1);
        }
        for (ContactRecord entry : Tables.all(tx, ContactRecord.TABLE, ContactRecord.class)) {
            memory.conversations.add(new ContactConversation(entry));
        }
        personaKeyStore.load(tx, memory);
        for (StoredRecord held : tx.list(HeldPackets.UNMATCHED)) {
            Candidate candidate = Cbor.read(held.value(), Candidate.class);
            memory.unmatched.add(candidate.id(), candidate);
        }
        if (reception.isHere()) {
            reception.service().exchange(tx);
        }
        for (StoredRecord held : tx.list(HeldPackets.PARKED)) {
            memory.parked.add(new PacketId(held.key()), Unmatched.hint(Cbor.read(held.value(), Candidate.class)));
        }
        for (ReceiveChainRecord entry : Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class)) {
            ReceiveChain chain = chains.decodeReceive(entry.chain());
            Arrays.fill(entry.chain(), (byte) 0);
            events.startLine(entry.number(), chain.highest() + 1);
            memory.chains.follow(new ReceiveChainState(entry, chain));
        }
        for (SessionState session : Tables.all(tx, SessionState.TABLE, SessionState.class)) {
            if (memory.conversations.contact(session.contact) != null) {
                memory.own.doubt(session.contact);
                sessionChains.expectOwn(memory, session);
            }
        }
        OutgoingRecords.forEach(tx, outgoing -> {
            Conversation conversation = memory.conversations.find(outgoing.membership());
            for (int i = 0; conversation != null && i < outgoing.parts().size(); i++) {
                memory.packets.addSent(
                        PacketId.of(
                                conversation.network().code(),
                                outgoing.parts().get(i).packet()),
                        new PacketIndex.Sent(outgoing.id(), i));
            }
        });
    }
}
