package org.partyline.messaging.mailbox;

/** An event of a sealed packet of ours. {@link Delivery} defines the consequences. */
public enum PacketEvent {
    /** A node accepted the transaction that carries it. */
    TAKEN,
    /** A node other than the one it was sent through shows it; or any node, if there is only one. */
    SHOWN,
    /** A transaction that carries it, or carried it, is in a block. */
    MINED,
    /** The block is no longer on the best chain. */
    BLOCK_GONE,
    /** Its transaction can no longer be mined: the packet must be sent in another one. */
    TRANSACTION_GONE,
    /** A newer version of a rolling transaction, or another transaction with the same coin, was sent without it. */
    SUPERSEDED,
    /** It was to be sent in another transaction, but no longer is: it was in flight long enough. */
    RETIRED
}
