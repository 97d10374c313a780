package org.partyline.messaging.sessions;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.messaging.kernel.Unlocked;

/** The chains of sessions. */
@ProviderType
public interface SessionChains {
    /**
     * Listens for our own next packets of a session. Only who has our keys, or the contact's, can have made one that we did
     * not: this server, in a life that was forgotten when a copy of its files was put back, or another one that runs on a
     * copy. An answer's chain is no sign: its key is known to all who have our card.
     */
    void expectOwn(Unlocked memory, SessionState session);
}
