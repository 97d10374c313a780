package org.partyline.messaging.mailbox;

import org.partyline.api.Network;

/**
 * An event: a transaction with packets of ours is in a block.
 *
 * @param transaction its id, 32 bytes
 */
public record TransactionMined(Network network, byte[] transaction) {}
