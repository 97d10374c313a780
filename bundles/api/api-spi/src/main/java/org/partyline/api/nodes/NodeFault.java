package org.partyline.api.nodes;

/** Why a node is quarantined. */
public enum NodeFault {
    /** Its blocks are not those of the other nodes. */
    OTHER_CHAIN,
    /** It is behind the other nodes. */
    BEHIND,
    /** Its software is older than the configured minimum. */
    OLD_VERSION,
    /** Other nodes showed transactions that it never did. */
    WITHHOLDS,
    /** A rule that is not one of these: the reason says which. */
    OTHER
}
