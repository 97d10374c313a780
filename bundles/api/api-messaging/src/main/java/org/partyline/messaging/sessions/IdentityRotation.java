package org.partyline.messaging.sessions;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.state.AfterCommit;

/** Sends a persona's new keys to its contacts. */
@ProviderType
public interface IdentityRotation {
    /**
     * Called when the session's own packets are obsolete: a contact that should have received new keys has not received
     * them.
     */
    void unsaid(StoreTransaction tx, AfterCommit after, ContactConversation contact, OutgoingMessage outgoing)
            throws StoreException;
}
