package org.partyline.messaging.receive;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels;
import org.partyline.api.nodes.NodeReceiver;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/** Provides the receiving side to the other stages. */
@ProviderType
public interface Reception extends NodeReceiver {
    /** The store is about to be opened: see {@link #isDraining}. */
    void expectCollected();

    /** Works off what was collected while the store was locked. */
    void drainCollected();

    /** Whether packets that were collected while locked are still to be read. */
    boolean isDraining();

    /** Writes what waits to be written, before the store is locked or the server stops. Hold the state lock. */
    void settleWrites();

    /** Takes up what waited for a suite, soon. Never blocks. */
    void retryParked();

    /** Learns which suites of other bundles were here, and stores which are. Part of the caller's transaction. */
    void exchange(StoreTransaction tx) throws StoreException;

    /** Keys whose derivation failed are tried again. Hold the state lock. */
    void retryFailed();

    /** How many keys of packets are still to be derived; 0 while the store is locked. */
    int deriving();

    /**
     * A channel was joined: what opened the chains of its day may be in a block from before this server was there, which is looked
     * for, soon. Never blocks.
     */
    void joined(Network network) throws StoreException;

    /** Whether that is still to be looked for, or cannot be. */
    Channels.Look lookingBack(Network network) throws StoreException;

    /** Looks whether blocks are to be read again, soon. Never blocks. */
    void reread();

    /** The nodes are back, and nobody remembers that they were to begin anew: what is still to be read again is begun again, soon. */
    void nodesReturned();

    /** A node is found to be on another chain; it is found so again when the nodes are back. */
    void distrust(Network network);

    /** Whether a node that is ready has been read up to its tip. */
    boolean isCaughtUp(Network network);

    /** The time up to which everything has been read: now, or that of the last block. */
    Instant horizon(Network network, Instant now) throws StoreException;
}
