package org.partyline.messaging.sessions;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.state.AfterCommit;

/** Manages the chains of sessions. */
@ProviderType
public interface SessionChains {
    /**
     * Watches for our own next packets of a session. A packet that we did not send requires our keys or the contact's:
     * this server sent it before a copy of its files was restored, or another server runs on a copy. An answer's chain
     * alone proves nothing: everyone who has our card knows its key.
     */
    void expectOwn(SessionState session);

    /**
     * The first position from {@code least} on, on the chain of our answer, at which no other server's answer was
     * found. @param chain its local name
     */
    int answerPlace(int contact, byte[] chain, int least);

    /**
     * Called when our answer to a handshake is sealed: another packet in its place is not ours. @param hash of the
     * packet
     */
    void answered(StoreTransaction tx, AfterCommit after, int contact, byte[] chain, byte[] hash) throws StoreException;
}
