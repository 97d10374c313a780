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

    /** Nodes that have a configuration file and do not run, by name: their bundle is stopped, or a value was refused. */
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
     * Is told that a node came, went, became ready, or is ready no more: soon, and at the latest when nodes are compared next.
     *
     * @param changed must not block
     * @return closes the subscription
     */
    default AutoCloseable follow(Runnable changed) {
        return () -> {};
    }

    /**
     * The packets that nodes reported since the server started, the newest first, at most 200: all that have the form of
     * ours, of whoever sent them. Everybody who watches the network sees the same; {@link Messages#uses} says which are ours.
     */
    default List<Sighting> sightings() {
        return List.of();
    }

    /**
     * A packet that a node reported.
     *
     * @param network where
     * @param transaction that carries it
     * @param payload its bytes; they look random, but for the version
     * @param inBlock whether it was in a block when it was last seen
     * @param seen when it was first seen
     */
    record Sighting(Network network, TxId transaction, byte[] payload, boolean inBlock, Instant seen) {}

    /** @throws NoSuchThingException when there is none of that name */
    Node get(String name) throws PartylineException;

    /**
     * Writes a node's configuration file, mode 0600; the node starts at once.
     *
     * @param name letters, digits, hyphens, at most 32; new
     * @param type {@code rpc}, {@code bitcoinj} or {@code embedded}
     * @param settings keys of that type's configuration
     * @throws NoSuchThingException when the name is taken or not allowed, or the type is unknown
     * @throws PartylineException when a value is refused: which one, and what would be right; nothing was added
     */
    void add(String name, String type, Map<String, String> settings) throws PartylineException;

    /**
     * Says what {@link #add} would refuse, and asks the node, where there is one to ask, whether it would do. Writes nothing.
     *
     * @throws PartylineException what is wrong: a name, a value, or what the node says
     */
    void check(String name, String type, Map<String, String> settings) throws PartylineException;

    /** Removes the configuration file; what is in flight moves to another node. */
    void remove(String name) throws PartylineException;

    /** Neither watches nor broadcasts by it until {@link #resume}, also after a restart. */
    void pause(String name) throws PartylineException;

    /** Uses it again. */
    void resume(String name) throws PartylineException;

    /**
     * A quarantined node: it is read, but nothing is sent through it, and it does not count for a message's state. It
     * is looked at again, and used again when the reason is gone.
     *
     * @param fault the kind of reason
     * @param reason one line: what is wrong, and how sure that is
     * @param since when it began
     */
    record Quarantine(NodeFault fault, String reason, Instant since) {}

    /**
     * The number of recent transactions that two other nodes showed, and of those that this node showed. All 0 where
     * there are fewer than three nodes.
     *
     * @param compared transactions that it should have shown
     * @param withheld those of them that it did not
     * @param withheldOurs those of them that are our own and that it relays by its own rules
     */
    record Shown(long compared, long withheld, long withheldOurs) {
        /** Nothing to compare. */
        public static final Shown NOTHING = new Shown(0, 0, 0);
    }

    /**
     * A node with its state and statistics.
     *
     * @param name its name
     * @param type {@code embedded}, {@code rpc} …
     * @param network where it is
     * @param paused by the operator
     * @param status what is known of it
     * @param policy what it carries
     * @param transactionsReceived since the server started
     * @param packetsFound packets of ours first met by it, since the server started
     * @param share of all packets of ours on its network those that were first met by it, 0 to 1
     * @param shown what it showed, held against the other nodes
     * @param quarantine why it is set aside; empty when it is not
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
