package org.partyline.api.carrier;

/** Where a packet is. The kernel's state machine says what may follow what. */
public enum PacketState {
    /** No node took it. */
    SEALED,
    /** A node took it. */
    BROADCAST,
    /** A node other than the one that took it showed it; any, where there is only one. */
    SEEN,
    /** It stands in a block. */
    CONFIRMED,
    /** It had its time in a transaction that others took the place of. */
    REPLACED
}
