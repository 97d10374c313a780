package org.partyline.api.carrier;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;

/**
 * Reports what nodes show of a transaction. It asks the nodes, which may take a while, so do not call it within a store
 * transaction.
 */
@ProviderType
public interface Propagation {
    /** The nodes of a network that are ready, best first. */
    List<CarrierNode> ready(Network network);

    /** Whether a node has a transaction, or knows its block. */
    boolean isKnown(Network network, TxId transaction);

    /** Whether a node reports that a transaction is in a block. */
    boolean isMined(Network network, TxId transaction);

    /** Whether the blocks of a network have been read up to its tip. */
    boolean isCaughtUp(Network network);

    /** Whether a packet with its own transaction has had time to propagate since it was last seen. */
    boolean isDue(PacketRef packet) throws StoreException;
}
