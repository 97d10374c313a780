package org.partyline.messaging.recognition;

import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ConversationTable;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.store.Wipe;

/**
 * Holds the tables that recognise incoming packets, and the packets that wait. Guarded by the state's lock; wiped by
 * {@link #close()}, and filled again when the store is opened.
 */
public final class Recognition implements AutoCloseable {
    public final Unmatched unmatched = new Unmatched();
    /** The keys of sealed packets, and the packets that wait for one. */
    public final SealedSecrets secrets = new SealedSecrets();
    /** The packets that wait in the store for a suite or a key. */
    public final Parked parked = new Parked();

    public final PacketIndex packets = new PacketIndex();
    public final BeaconSet beacons = new BeaconSet(secrets, unmatched);
    public final OwnLocators own = new OwnLocators();
    public final ChainTable chains;

    /** @param conversations for a chain's network */
    public Recognition(ConversationTable conversations) {
        chains = new ChainTable(unmatched, chain -> network(conversations, chain));
    }

    private static Optional<Network> network(ConversationTable conversations, ReceiveChainState chain) {
        return Optional.ofNullable(conversations.find(chain.entry.membership())).map(Conversation::network);
    }

    /** Accepts keys from now on, until they are wiped. The services may differ from the previous ones. */
    public void begin(ChannelKeys channelKeys, Chains services) {
        chains.begin(services.newLocatorTable());
        beacons.begin(channelKeys, services.newBeaconTable());
        own.begin(services.newLocatorTable());
    }

    @Override
    public void close() {
        Wipe.all(unmatched::clear, parked::clear, chains, beacons, own, secrets, packets);
    }
}
