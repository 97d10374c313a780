package org.partyline.api.transport;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Creates blocks on request, for private networks in tests and demos. A service beside the {@link Transport} of such a
 * network, with the same {@link Transport#NAME_PROPERTY}. Thread-safe.
 */
@ConsumerType
public interface BlockMaker {
    /**
     * Puts the transactions of the mempool into a new block, as far as they fit.
     *
     * @return the new tip
     * @throws NodeUnavailableException if the block cannot be stored; nothing changed
     */
    BlockRef mine() throws NodeUnavailableException;
}
