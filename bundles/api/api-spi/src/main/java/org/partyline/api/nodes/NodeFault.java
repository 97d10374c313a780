package org.partyline.api.nodes;

/** Why a node is quarantined. */
public enum NodeFault {
    /** Its blocks differ from those of the other nodes. */
    OTHER_CHAIN,
    /** It is behind the other nodes. */
    BEHIND,
    /** Its software is older than the configured minimum. */
    OLD_VERSION,
    /** Other nodes showed transactions that it never did. */
    WITHHOLDS,
    /** Another rule: the reason says which. */
    OTHER
}
