package org.partyline.api.transport;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Creates blocks on request, for networks of our own in tests and demos. A service beside the {@link Transport} of such
 * a network, with the same {@link Transport#NAME_PROPERTY}. Thread-safe.
 */
@ConsumerType
public interface BlockMaker {
    /**
     * Puts what waits in the mempool into a new block, as far as it fits.
     *
     * @return the new tip
     * @throws NodeUnavailableException when the block cannot be kept; nothing changed
     */
    BlockRef mine() throws NodeUnavailableException;
}
