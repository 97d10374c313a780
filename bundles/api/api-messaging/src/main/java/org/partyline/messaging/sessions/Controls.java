package org.partyline.messaging.sessions;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.kernel.AfterCommit;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.mailbox.Inbox;

/** Control messages on sessions (PROTOCOL 6.1). */
@ProviderType
public interface Controls {
    /** A CONTROL message has arrived on a session. Unknown codes are ignored. */
    void arrived(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord track,
            Inbox.Other control)
            throws StoreException;

    /** Tells the sender that a message arrived, where the reader chose to. */
    void sendReceipt(
            StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact, byte[] payload)
            throws StoreException;
}
