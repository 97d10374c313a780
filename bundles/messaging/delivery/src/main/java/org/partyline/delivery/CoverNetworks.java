package org.partyline.delivery;

import java.util.List;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.ChosenNetwork;
import org.partyline.messaging.state.Live;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provides cover traffic's view of the networks: whether they are ready and accepted, and the maximum cost of a packet.
 */
final class CoverNetworks {
    private static final Logger LOG = LoggerFactory.getLogger(CoverNetworks.class);

    private final OperatorSettings settings;
    private final Live<NodeDirectory> nodes;
    private final PacketSizes sizes;
    private final OfferedCarriers carriers;

    CoverNetworks(OperatorSettings settings, Live<NodeDirectory> nodes, PacketSizes sizes, OfferedCarriers carriers) {
        this.settings = settings;
        this.nodes = nodes;
        this.sizes = sizes;
        this.carriers = carriers;
    }

    boolean isReady(Network network) {
        try {
            return nodes.isHere() && !nodes.service().ready(network).isEmpty();
        } catch (AbsentException e) {
            return false;
        }
    }

    boolean isAccepted(Network network) {
        return ChosenNetwork.isAccepted(settings, network);
    }

    void requireAccepted(Network network) throws PartylineException {
        ChosenNetwork.requireAccepted(settings, network);
    }

    int maxPacket(Network network) {
        return sizes.maxBucket(network);
    }

    /** The maximum price of a packet of a persona; 0 if unknown. */
    long most(int persona, Network network) throws StoreException {
        try {
            List<Transport> ready = nodes.service().ready(network);
            return ready.isEmpty()
                    ? 0
                    : carriers.of(settings.get().sending().carrier())
                            .most(persona, network, maxPacket(network), CarrierViews.of(ready));
        } catch (AbsentException e) {
            // Nothing leaves; slots pass as usual.
            LOG.debug("a packet's cost is unknown: {}", e.reason());
            return 0;
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            LOG.debug("a packet's cost is unknown: {}", e.getMessage());
            return 0;
        }
    }
}
