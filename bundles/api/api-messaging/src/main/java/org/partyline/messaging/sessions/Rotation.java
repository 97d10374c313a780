package org.partyline.messaging.sessions;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Rotates the keys of personas. */
@ProviderType
public interface Rotation {
    /**
     * The contacts that were notified of a rotation.
     *
     * @param told contacts that are informed over a session
     * @param untold contacts that need the new card
     */
    record Told(List<String> told, List<String> untold) {}

    /**
     * Creates the new keys and queues the messages about them. After a compromise the old keys are erased when this
     * returns, and the sessions' keys are renewed, too; otherwise they stay for a day, in which sessions are opened to
     * contacts that have none.
     */
    Told rotate(int persona, boolean compromised) throws PartylineException;
}
