package org.partyline.api.carrier;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;

/**
 * Reports what nodes show of a transaction. Asks them, so it may take a while; not within a transaction of the store.
 */
@ProviderType
public interface Propagation {
    /** Those of a network that are ready, the best first. */
    List<CarrierNode> ready(Network network);

    /** Whether a node has a transaction, or knows its block. */
    boolean isKnown(Network network, TxId transaction);

    /** Whether a node says that a transaction is in a block. */
    boolean isMined(Network network, TxId transaction);

    /** Whether the blocks of a network have been read up to its tip. */
    boolean isCaughtUp(Network network);

    /** Whether a packet with its own transaction has had time to propagate since it was last seen. */
    boolean isDue(PacketRef packet) throws StoreException;
}
