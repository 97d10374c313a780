package org.partyline.messaging.sessions;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.kernel.AfterCommit;
import org.partyline.messaging.mailbox.OutgoingMessage;

/** Sends a persona's new keys to its contacts. */
@ProviderType
public interface IdentityRotation {
    /** What the session itself had to say is of no use any more: a contact that was to be told of new keys was not told. */
    void unsaid(StoreTransaction tx, AfterCommit after, ContactConversation contact, OutgoingMessage outgoing)
            throws StoreException;
}
