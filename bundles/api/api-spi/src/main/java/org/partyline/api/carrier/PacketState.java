package org.partyline.api.carrier;

/** The state of a packet. The server's state machine defines the transitions. */
public enum PacketState {
    /** No node accepted it. */
    SEALED,
    /** One of our nodes accepted it; no other node is known to have it. */
    SENT,
    /** A node that did not receive it from us shows it, or a node reports that a peer has it. */
    RELAYED,
    /** It is in a block. */
    CONFIRMED,
    /** It was on the network in a transaction that was replaced since. */
    REPLACED
}
