package org.partyline.messaging.delivery;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;

/** Recalls messages that were sent. */
@ProviderType
public interface Recaller {
    /**
     * Recalls a message, or continues a recall. That it is to be taken back is stored first, so that a server that was
     * killed, or a node that was away in the middle, ends with nothing on the air.
     *
     * @throws PartylineException says why nothing was done, or that it is tried again
     */
    Messages.Recalled recall(long id) throws PartylineException;
}
