package org.partyline.messaging.mailbox;

import org.partyline.api.Network;

/**
 * A transaction that carries packets of ours is in a block.
 *
 * @param transaction its id, 32 bytes
 */
public record TransactionMined(Network network, byte[] transaction) {}
