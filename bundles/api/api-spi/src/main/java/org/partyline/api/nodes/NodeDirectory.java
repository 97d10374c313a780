package org.partyline.api.nodes;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;

/**
 * Finds the nodes and wallets of this server. They come and go while messages flow: who holds one holds it for one
 * operation. A service; when it goes nothing is read or sent, and when it returns reading goes on at the receiver's
 * cursors. Thread-safe.
 */
@ProviderType
public interface NodeDirectory {
    // ---- nodes

    /** Every node, whatever its state. */
    List<KnownNode> all();

    /** The networks that nodes are on. */
    Set<Network> networks();

    /** Nodes of a network that can be used now, in a random order. */
    List<Transport> ready(Network network);

    /** The names of the nodes that can be used now, on every network. */
    Set<String> readyNames();

    /** Every node that is not paused. */
    List<Transport> inUse();

    /** Whether a node is there, not paused and not set aside; it may not answer now. */
    boolean isUsed(String name);

    /** Whether a node is not set aside: its word counts. */
    boolean isTrusted(String name);

    /** Whether what a node says of blocks counts. */
    boolean tellsBlocks(String name);

    /** @throws PartylineException when nothing can be sent by a node, with the reason */
    void requireUsed(String name) throws PartylineException;

    /** @throws PartylineException when there is no such node */
    Network networkOf(String name) throws PartylineException;

    // ---- wallets

    /** The wallet to pay with: the node's own if it has one, else this server's own, else the first of the network. */
    Optional<Wallet> wallet(Network network, String node);

    /** The wallet of a name. */
    Optional<Wallet> wallet(String name);

    /** All of them. */
    List<Wallet> wallets();

    // ---- reading

    /** Watches all nodes that are not paused, for as long as the receiver is set; each from its cursor. */
    void watch(NodeReceiver receiver);

    /** Stops watching. No call to the receiver begins after this returns. */
    void unwatch();

    /** Lets the nodes of a network begin anew, with their mempools, where the receiver's cursors are by then. */
    void rewatch(Network network);

    /** A packet of ours was first met by this node. */
    void countFound(String node);

    // ---- our own transactions, to find nodes that withhold some

    /** A node took a transaction of ours: the others have no reason to keep it back but their rules. @param payload bytes */
    void ours(Network network, TxId id, FeeRate rate, int payload);

    /**
     * A node took a transaction of ours, and two others or more did not show it in time; it is handed to another now. Whether the node is to
     * blame is told by what the others do with it.
     */
    void mayHaveKept(String node, TxId id);

    /** Another node looked at it and does not want it: none could have shown it. */
    void refused(TxId id);

    // ---- news

    /** Is told from now on. */
    void listen(NodeListener listener);

    /** Is told no more. */
    void unlisten(NodeListener listener);
}
