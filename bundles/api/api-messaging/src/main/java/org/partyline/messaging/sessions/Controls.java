package org.partyline.messaging.sessions;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.state.AfterCommit;

/** Handles control messages on sessions (PROTOCOL 6.1). */
@ProviderType
public interface Controls {
    /** A CONTROL message has arrived on a session. Unknown codes are ignored. */
    void arrived(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            Inbox.Other control)
            throws StoreException;

    /**
     * A packet of a contact was opened: its sender is sent a receipt for a message that is here, where that is wanted.
     *
     * @param source whose chain is the session's
     * @param message that is whole by it; empty: none is
     */
    void opened(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            Inbox.Source source,
            Optional<MessageRecord> message)
            throws StoreException;

    /** A CONTROL message of ours is sealed, and so will be sent. @param body what it says */
    void sealed(StoreTransaction tx, AfterCommit after, ContactConversation contact, byte[] body) throws StoreException;
}
