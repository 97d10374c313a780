package org.partyline.messaging.delivery;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;

/** Recalls messages that were sent. */
@ProviderType
public interface Recaller {
    /**
     * Recalls a message, or continues a recall. The intention is stored first, so that the recall is completed after a
     * crash, or when a node that did not answer is back.
     *
     * @throws PartylineException says why nothing was done, or that it is tried again
     */
    Messages.Recalled recall(long id) throws PartylineException;
}
