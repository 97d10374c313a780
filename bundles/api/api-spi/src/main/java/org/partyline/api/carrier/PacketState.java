package org.partyline.api.carrier;

/** The state of a packet. The server's state machine says what may follow what. */
public enum PacketState {
    /** No node accepted it. */
    SEALED,
    /** A node of ours accepted it; nobody else is known to have it. */
    SENT,
    /** A node that did not get it from us shows it, or a node reports that a peer has it. */
    RELAYED,
    /** It is in a block. */
    CONFIRMED,
    /** It had its time in a transaction that others took the place of. */
    REPLACED
}
