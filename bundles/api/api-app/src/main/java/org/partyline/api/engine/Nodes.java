package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;

/** Manages the nodes of this server; each is a configuration file. A service. Works while locked. */
@ProviderType
public interface Nodes {
    /** All of them, by name. */
    List<Node> list();

    /**
     * Nodes that have a configuration file but are not running, by name: their bundle is stopped, or a value was
     * refused.
     */
    default List<Idle> idle() {
        return List.of();
    }

    /**
     * A node that is configured but not running.
     *
     * @param name its name
     * @param type its type
     * @param bundle the symbolic name of the bundle that runs nodes of this type
     */
    record Idle(String name, String type, String bundle) {}

    /**
     * Calls a listener soon after a node was added, was removed, became ready or is no longer ready; at the latest with
     * the next comparison of nodes.
     *
     * @param changed must not block
     * @return closes the subscription
     */
    default AutoCloseable follow(Runnable changed) {
        return () -> {};
    }

    /**
     * The packets that nodes reported since the server started, the newest first, at most 200: all that have the form
     * of ours, whoever sent them. Anyone who watches the network sees the same; {@link Messages#uses} says which are
     * ours.
     */
    default List<Sighting> sightings() {
        return List.of();
    }

    /**
     * A packet that a node reported.
     *
     * @param network its network
     * @param transaction the transaction that carries it
     * @param payload its bytes; apart from the version, they look random
     * @param inBlock whether it was in a block when it was last seen
     * @param seen when it was first seen
     */
    record Sighting(Network network, TxId transaction, byte[] payload, boolean inBlock, Instant seen) {}

    /** @throws NoSuchThingException if there is no node of that name */
    Node get(String name) throws PartylineException;

    /**
     * Writes a node's configuration file, mode 0600; the node starts at once.
     *
     * @param name at most 32 letters, digits and hyphens; not in use
     * @param type {@code rpc}, {@code bitcoinj} or {@code embedded}
     * @param settings keys of that type's configuration
     * @throws NoSuchThingException if the name is in use or not allowed, or the type is unknown
     * @throws PartylineException if a value is refused: which one, and what is valid; nothing was added
     */
    void add(String name, String type, Map<String, String> settings) throws PartylineException;

    /**
     * Checks what {@link #add} would refuse, and asks the node, if it can be reached, whether it is suitable. Writes
     * nothing.
     *
     * @throws PartylineException what is wrong with a name or value, or the node's answer
     */
    void check(String name, String type, Map<String, String> settings) throws PartylineException;

    /** Removes the configuration file; transactions in flight move to another node. */
    void remove(String name) throws PartylineException;

    /** Neither watches nor broadcasts through it until {@link #resume}, even after a restart. */
    void pause(String name) throws PartylineException;

    /** Uses it again. */
    void resume(String name) throws PartylineException;

    /**
     * A quarantined node is read, but nothing is sent through it, and it does not count for a message's state. It is
     * checked again, and used again once the reason no longer applies.
     *
     * @param fault the kind of reason
     * @param reason one line: what is wrong, and how certain that is
     * @param since when it began
     */
    record Quarantine(NodeFault fault, String reason, Instant since) {}

    /**
     * The number of recent transactions that two other nodes showed, and how many of them this node showed. All 0 with
     * fewer than three nodes.
     *
     * @param compared the transactions that it should have shown
     * @param withheld those that it did not show
     * @param withheldOurs those of {@code withheld} that are our own and that it relays by its own rules
     */
    record Shown(long compared, long withheld, long withheldOurs) {
        /** Nothing was compared. */
        public static final Shown NOTHING = new Shown(0, 0, 0);
    }

    /**
     * A node with its state and statistics.
     *
     * @param name its name
     * @param type {@code embedded}, {@code rpc} …
     * @param network its network
     * @param paused whether the operator paused it
     * @param status its status
     * @param policy what it relays
     * @param transactionsReceived since the server started
     * @param packetsFound packets of ours that it showed first, since the server started
     * @param share the share of all packets of ours on its network that it showed first, 0 to 1
     * @param shown the comparison with the other nodes
     * @param quarantine why it is quarantined; empty if it is not
     */
    record Node(
            String name,
            String type,
            Network network,
            boolean paused,
            NodeStatus status,
            RelayPolicy policy,
            long transactionsReceived,
            long packetsFound,
            double share,
            Shown shown,
            Optional<Quarantine> quarantine) {}
}
