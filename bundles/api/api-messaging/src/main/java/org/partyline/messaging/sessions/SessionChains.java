package org.partyline.messaging.sessions;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.state.AfterCommit;

/** Manages the chains of sessions. */
@ProviderType
public interface SessionChains {
    /**
     * Listens for our own next packets of a session. Only who has our keys, or the contact's, can have made one that we did
     * not: this server, in a life that was forgotten when a copy of its files was put back, or another one that runs on a
     * copy. An answer's chain is no sign by itself: its key is known to all who have our card.
     */
    void expectOwn(SessionState session);

    /**
     * The position of our answer on its chain, where no other server's answer was found. @param chain its local name
     */
    int answerPlace(int contact, byte[] chain);

    /** Our answer to a handshake is sealed: another packet in its place is not ours. @param hash of the packet */
    void answered(StoreTransaction tx, AfterCommit after, int contact, byte[] chain, byte[] hash) throws StoreException;
}
