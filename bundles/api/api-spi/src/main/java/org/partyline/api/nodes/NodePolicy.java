package org.partyline.api.nodes;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;

/**
 * Judges nodes, and names their faults. Whiteboard: every service of this type is asked, the one of the highest rank
 * first; a node is set aside when one of them says so, for the first one's reason. When a policy goes, what it said
 * counts no more. Not called by two threads at once.
 */
@ConsumerType
public interface NodePolicy {
    /**
     * Judges the nodes of one network. Called again and again (key {@code node-check}), so that blocks which arrive at slightly different
     * times are no reason yet. May ask the nodes, and take a while.
     *
     * @param nodes that answer and are not paused; none, one or several
     * @return by the nodes' names; nothing of those that nothing is to be said against
     */
    Map<String, Judgement> judge(Network network, List<JudgedNode> nodes);
}
