package org.partyline.messaging.sessions;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.state.AfterCommit;

/** Renews the keys of sessions (PROTOCOL 6). */
@ProviderType
public interface KeyUpdates {
    /** The maximum number of chains that are read at the same time because a key was repeated. */
    int MOST_COPIES = 8;

    /** Requests new keys when it is time: after a number of messages, or a day. The caller stores the state. */
    void queueIfDue(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException;

    /** The body of the KEY_UPDATE to seal now: a repetition is the same. */
    byte[] body(StoreTransaction tx, SessionState session) throws StoreException;

    /**
     * Called when our KEY_UPDATE was sealed on our chain, whose state and salt the session has. The caller stores the
     * state.
     */
    void sealed(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException;

    /**
     * Called when something arrived on a chain of the session. On a newer chain, it shows that the other side has our
     * last key; on an older one, long after we sent it, that the other side may have missed it.
     *
     * @param timestamp when it was sealed, in seconds
     */
    void heard(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            long timestamp)
            throws StoreException;

    /**
     * Called when a KEY_UPDATE of the other side has arrived.
     *
     * @param salts the salts of its position on its chain and of those skipped before it: one of them belongs to its
     *     first copy
     */
    void arrived(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            int position,
            Inbox.Other update,
            List<SecretBytes> salts)
            throws StoreException;
}
