package org.partyline.messaging.receive;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels;
import org.partyline.api.store.StoreException;

/** Provides the receiving side to the other stages. */
@ProviderType
public interface Reception {
    /** Whether packets that were collected while locked must still be read. */
    boolean isDraining();

    /**
     * Called when a channel was joined: the packets that opened its chains today may be in earlier blocks, which are
     * searched soon. Never blocks.
     */
    void joined(Network network) throws StoreException;

    /** Whether that search is still to be done, or impossible. */
    Channels.Look lookingBack(Network network) throws StoreException;

    /** Whether a node that is ready has been read up to its tip. */
    boolean isCaughtUp(Network network);

    /** The time up to which everything has been read: now, or that of the last block. */
    Instant horizon(Network network, Instant now) throws StoreException;
}
