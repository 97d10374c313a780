package org.partyline.messaging.mailbox;

/** An event of a sealed packet of ours. {@link Delivery} says what follows. */
public enum PacketEvent {
    /** A node took the transaction that carries it. */
    TAKEN,
    /** A node other than the one it went in by shows it; any node, where there is only one. */
    SHOWN,
    /** A transaction that carries it, or carried it, is in a block. */
    MINED,
    /** The block is on the best chain no more. */
    BLOCK_GONE,
    /** Its transaction can be in no block any more: it is to go in another one. */
    TRANSACTION_GONE,
    /** A newer version of a rolling transaction, or another one of its coin, went out without it. */
    SUPERSEDED,
    /** It was to go in another transaction, and is not any more: it had its time on the way. */
    RETIRED
}
