package org.partyline.messaging.receive;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels;
import org.partyline.api.store.StoreException;

/** Provides the receiving side to the other stages. */
@ProviderType
public interface Reception {
    /** Whether packets that were collected while locked are still to be read. */
    boolean isDraining();

    /**
     * A channel was joined: what opened the chains of its day may be in a block from before this server was there, which is looked
     * for, soon. Never blocks.
     */
    void joined(Network network) throws StoreException;

    /** Whether that is still to be looked for, or cannot be. */
    Channels.Look lookingBack(Network network) throws StoreException;

    /** Whether a node that is ready has been read up to its tip. */
    boolean isCaughtUp(Network network);

    /** The time up to which everything has been read: now, or that of the last block. */
    Instant horizon(Network network, Instant now) throws StoreException;
}
