package org.partyline.api.engine;

import java.util.List;
import java.util.Map;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;

/** The nodes of this server; each is a configuration file. A service. Works while locked. */
public interface Nodes {
    /** All of them, by name. */
    List<Node> list();

    /** @throws NoSuchThingException when there is none of that name */
    Node get(String name) throws PartylineException;

    /**
     * Writes a node's configuration file, mode 0600; the node starts at once.
     *
     * @param name letters, digits, hyphens, at most 32; new
     * @param type {@code rpc} or {@code embedded}
     * @param settings keys of that type's configuration
     * @throws NoSuchThingException when the name is taken or not allowed, or the type is unknown
     */
    void add(String name, String type, Map<String, String> settings) throws PartylineException;

    /** Removes the configuration file; what is in flight moves to another node. */
    void remove(String name) throws PartylineException;

    /** Neither watches nor broadcasts by it until {@link #resume}, also after a restart. */
    void pause(String name) throws PartylineException;

    /** Uses it again. */
    void resume(String name) throws PartylineException;

    /**
     * @param name its name
     * @param type {@code embedded}, {@code rpc} …
     * @param network where it is
     * @param paused by the operator
     * @param status what is known of it
     * @param policy what it carries
     * @param transactionsSeen since the server started
     * @param packetsFound packets of ours first met by it, since the server started
     */
    record Node(
            String name,
            String type,
            Network network,
            boolean paused,
            NodeStatus status,
            RelayPolicy policy,
            long transactionsSeen,
            long packetsFound) {}
}
