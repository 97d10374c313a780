package org.partyline.messaging.mailbox;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.Conversation;

/** Determines the allowed packet sizes from nodes, settings and cover traffic. */
@ProviderType
public interface PacketSizes {
    /** The smallest packet with room for a signature and a text. */
    int SIGNED_BUCKET = 128;

    /**
     * The largest packet that a usable node of a network relays, within the configured maximum; 0 if none is relayed.
     */
    int maxBucket(Network network);

    /**
     * The sizes of a persona's packets; with cover traffic, small ones are excluded.
     *
     * @param via the node that it is to be sent through; empty for any
     */
    SizeRange room(int persona, Network network, boolean signed, String via) throws StoreException;

    /** The sizes of the packets of a message that is queued. */
    SizeRange room(Conversation conversation, OutgoingMessage outgoing) throws StoreException;

    /** Those nodes that relay a packet; all of them if none does. */
    static List<Transport> carrying(List<Transport> nodes, int bytes) {
        List<Transport> able = nodes.stream()
                .filter(node -> node.policy().maxPayload() >= bytes)
                .toList();
        return able.isEmpty() ? nodes : able;
    }
}
