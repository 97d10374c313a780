package org.partyline.mailbox;

import java.util.List;
import org.partyline.api.Network;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Packets;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.StateGuard;

/** Determines the allowed packet sizes from nodes, settings and cover traffic. */
public final class NodePacketSizes implements PacketSizes {

    private final StateGuard guard;
    private final OperatorSettings settings;
    private final Live<NodeDirectory> nodes;
    private final CoverOrders orders;

    public NodePacketSizes(StateGuard guard, OperatorSettings settings, Live<NodeDirectory> nodes, CoverOrders orders) {
        this.guard = guard;
        this.settings = settings;
        this.nodes = nodes;
        this.orders = orders;
    }

    @Override
    public int maxBucket(Network network) {
        return within(carried(network, ""));
    }

    private int within(int carried) {
        int limit = Math.min(settings.get().sending().maxBucket(), carried);
        return Packets.BUCKETS.stream()
                .filter(b -> b <= limit)
                .max(Integer::compare)
                .orElse(0);
    }

    /**
     * Returns the limit of the node that a message must be sent through, otherwise the highest limit of any node: a
     * packet is handed only to nodes that relay its size.
     *
     * @param via empty for any node
     */
    private int carried(Network network, String via) {
        // While nodes are unavailable, none counts as ready.
        List<Transport> ready = nodes.isHere() ? nodes.service().ready(network) : List.of();
        List<Transport> chosen =
                ready.stream().filter(node -> node.name().equals(via)).toList();
        return (chosen.isEmpty() ? ready : chosen)
                .stream()
                        .mapToInt(node -> node.policy().maxPayload())
                        .max()
                        .orElse(RelayPolicy.CONSERVATIVE.maxPayload());
    }

    /**
     * Returns the largest packet size for a message. A signed one may have 128 bytes if nodes relay them, since 80
     * bytes have no room for both signature and text.
     */
    private int bucketFor(Network network, boolean signed, String via) {
        int carried = carried(network, via);
        int bucket = within(carried);
        return signed && bucket < SIGNED_BUCKET && carried >= SIGNED_BUCKET ? SIGNED_BUCKET : bucket;
    }

    @Override
    public SizeRange room(int persona, Network network, boolean signed, String via) throws StoreException {
        int most = bucketFor(network, signed, via);
        return guard.open(() -> guard.transact(tx -> new SizeRange(orders.leastSize(tx, persona, most), most)));
    }

    @Override
    public SizeRange room(Conversation conversation, OutgoingMessage outgoing) throws StoreException {
        return room(conversation.persona(), conversation.network(), outgoing.sign(), outgoing.via());
    }
}
