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
    /** Called when a CONTROL message has arrived on a session. Unknown codes are ignored. */
    void arrived(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            Inbox.Other control)
            throws StoreException;

    /**
     * Called when a packet of a contact was opened: its sender is sent a receipt for a stored message, if that is
     * configured.
     *
     * @param source its chain is the session's
     * @param message the message that it completed; empty if none
     */
    void opened(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            Inbox.Source source,
            Optional<MessageRecord> message)
            throws StoreException;

    /** Called when a CONTROL message of ours is sealed, and so will be sent. @param body its content */
    void sealed(StoreTransaction tx, AfterCommit after, ContactConversation contact, byte[] body) throws StoreException;
}
