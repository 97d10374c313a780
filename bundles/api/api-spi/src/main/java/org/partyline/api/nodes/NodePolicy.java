package org.partyline.api.nodes;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;

/**
 * Judges nodes, and names their faults. Whiteboard: every service of this type is asked, the one with the highest rank
 * first; a node is quarantined if one of them says so, with the first one's reason. The judgements of a stopped policy
 * no longer count. Not called by two threads at once.
 */
@ConsumerType
public interface NodePolicy {
    /**
     * Judges the nodes of one network. Called repeatedly (key {@code node-check}), so that blocks which arrive at
     * slightly different times are not a reason at once. It may ask the nodes, and take a while.
     *
     * @param nodes nodes that answer and are not paused; none, one or several
     * @return judgements by node name, without nodes that have no fault
     */
    Map<String, Judgement> judge(Network network, List<JudgedNode> nodes);
}
