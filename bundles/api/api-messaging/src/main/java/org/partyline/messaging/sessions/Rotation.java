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
     * @param told contacts that are told over a session
     * @param untold those who need the new card
     */
    record Told(List<String> told, List<String> untold) {}

    /**
     * Makes the new keys and queues the news. After a compromise the old keys are gone when this returns, and the sessions'
     * keys are renewed too; otherwise they stay for a day, in which sessions are opened to contacts that have none.
     */
    Told rotate(int persona, boolean compromised) throws PartylineException;
}
