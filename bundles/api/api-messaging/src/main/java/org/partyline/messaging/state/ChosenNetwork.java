package org.partyline.messaging.state;

import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;

/** Determines which network a command means, and whether its coins may be spent. */
public final class ChosenNetwork {
    private ChosenNetwork() {}

    /** The requested network, or that of the nodes if they agree. */
    public static Network of(NodeDirectory nodes, Optional<Network> wanted) throws NoSuchThingException {
        if (wanted.isPresent()) {
            return wanted.get();
        }
        Set<Network> networks = nodes.networks();
        if (networks.size() == 1) {
            return networks.iterator().next();
        }
        throw new NoSuchThingException(
                networks.isEmpty()
                        ? "no node is running, so the network is unknown: see partyline:node-list, add one with partyline:node-add, or give --network"
                        : "there are nodes on several networks: name one with --network");
    }

    /**
     * Refuses to begin something that costs real money before the operator has accepted that once.
     *
     * @throws PartylineException says how to accept it
     */
    public static void requireAccepted(OperatorSettings settings, Network network) throws PartylineException {
        if (!isAccepted(settings, network)) {
            throw new PartylineException("messages on mainnet cost real money and stay on the chain: accept this with "
                    + "partyline:fee-limit --accept-mainnet");
        }
    }

    /** Whether coins of a network may be spent. */
    public static boolean isAccepted(OperatorSettings settings, Network network) {
        return network != Network.MAINNET || settings.get().fees().mainnetAccepted();
    }
}
