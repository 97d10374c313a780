package org.partyline.transportembedded;

import java.util.List;
import org.partyline.api.transport.BlockRef;

/**
 * A block of the chain.
 *
 * @param ref its place
 * @param transactions where its raw transactions are, coinbase first
 */
record Block(BlockRef ref, List<LogPosition> transactions) {}
