package org.partyline.contacts;

import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.recognition.ConversationRegistry;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.state.AfterCommit;

/** Erases contacts, from the store and from memory. */
final class ContactEraser {
    private final Outbox outbox;
    private final ConversationRegistry registry;

    ContactEraser(Outbox outbox, ConversationRegistry registry) {
        this.outbox = outbox;
        this.registry = registry;
    }

    /** Erases a contact with its messages; returns the messages that had not left. Part of the caller's transaction. */
    List<OutgoingMessage> erase(StoreTransaction tx, AfterCommit after, ContactConversation contact)
            throws StoreException {
        List<OutgoingMessage> outgoing = OutgoingRecords.of(tx, contact.id());
        List<OutgoingMessage> decoys = outbox.asDecoys(tx, contact);
        ContactEntries.erase(tx, contact.id());
        after.then(() -> {
            outgoing.forEach(message -> registry.removeSent(message.id()));
            outbox.remember(decoys);
            registry.remove(contact);
        });
        return outgoing;
    }
}
