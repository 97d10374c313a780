package org.partyline.transportembedded;

import java.util.List;
import org.partyline.api.transport.BlockRef;

/**
 * A block of the chain.
 *
 * @param ref its reference
 * @param transactions the positions of its raw transactions, coinbase first
 */
record Block(BlockRef ref, List<LogPosition> transactions) {}
