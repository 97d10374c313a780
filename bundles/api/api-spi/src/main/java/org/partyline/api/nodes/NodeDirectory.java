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
 * Finds the nodes and wallets of this server. They may start and stop at any time, so hold one for one operation only.
 * A service; while it is stopped nothing is read or sent, and when it returns, reading continues at the receiver's
 * cursors. Thread-safe.
 */
@ProviderType
public interface NodeDirectory {
    // ---- nodes

    /** Every node, whatever its state. */
    List<KnownNode> all();

    /** The networks that nodes are on. */
    Set<Network> networks();

    /** Nodes of a network that can be used now, in random order. */
    List<Transport> ready(Network network);

    /** The names of the nodes that can be used now, on every network. */
    Set<String> readyNames();

    /** Every node that is not paused. */
    List<Transport> inUse();

    /** Whether a node exists and is neither paused nor quarantined; it may not answer now. */
    boolean isUsed(String name);

    /** Whether a node is not quarantined: its reports count. */
    boolean isTrusted(String name);

    /** Whether a node's reports about blocks count. */
    boolean tellsBlocks(String name);

    /** @throws PartylineException if nothing can be sent through a node, with the reason */
    void requireUsed(String name) throws PartylineException;

    /** @throws PartylineException if there is no such node */
    Network networkOf(String name) throws PartylineException;

    // ---- wallets

    /**
     * The wallet to pay with: the node's own if it has one, otherwise this server's own, otherwise the first of the
     * network.
     */
    Optional<Wallet> wallet(Network network, String node);

    /** The wallet of that name. */
    Optional<Wallet> wallet(String name);

    /** All of them. */
    List<Wallet> wallets();

    // ---- reading

    /** Watches all nodes that are not paused while the receiver is set, each from its cursor. */
    void watch(NodeReceiver receiver);

    /** Stops watching. No call to the receiver begins after this returns. */
    void unwatch();

    /** Makes the nodes of a network start again with their mempools, at the receiver's present cursors. */
    void rewatch(Network network);

    /** Counts a packet of ours that this node showed first. */
    void countFound(String node);

    // ---- our own transactions, to find nodes that withhold some

    /**
     * Records that a node accepted a transaction of ours: only their own rules can be a reason for the others to
     * withhold it.
     *
     * @param payload its size in bytes
     */
    void ours(Network network, TxId id, FeeRate rate, int payload);

    /**
     * Records that a node accepted a transaction of ours, but at least two others did not show it in time, so that it
     * is handed to another now. Whether the others accept it shows whether the node is to blame.
     */
    void mayHaveKept(String node, TxId id);

    /** Records that another node rejected it: no node could have shown it. */
    void refused(TxId id);

    // ---- news

    /** Adds a listener. */
    void listen(NodeListener listener);

    /** Removes a listener. */
    void unlisten(NodeListener listener);
}
