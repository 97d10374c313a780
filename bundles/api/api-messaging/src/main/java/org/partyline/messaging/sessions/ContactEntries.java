package org.partyline.messaging.sessions;

import java.util.Arrays;
import java.util.List;
import org.partyline.api.VisibleText;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.ConversationEraser;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Reads and writes contacts. */
public final class ContactEntries {
    /** The audit event for two cards that show the same key. */
    public static final String SHARED = "two contacts show the same X25519 key: only one of them can own it";

    private ContactEntries() {}

    public static void put(StoreTransaction tx, ContactRecord entry) throws StoreException {
        Tables.putSecret(tx, ContactRecord.TABLE, Keys.of(entry.id()), Keys.of(entry.persona()), entry);
    }

    /** Checks a contact's local name. */
    public static void checkName(String name) throws NoSuchThingException {
        if (!VisibleText.isName(name, 32)) {
            throw new NoSuchThingException(
                    "a contact's name must have 1 to 32 bytes of UTF-8, without control or invisible characters "
                            + "or surrounding spaces: give one with --name");
        }
    }

    /** The contacts whose cards show the same X25519 key. */
    public static List<String> sharing(People people, ContactConversation contact) {
        return people.conversations.contacts().stream()
                .filter(other -> other.id() != contact.id()
                        && other.persona() == contact.persona()
                        && other.network() == contact.network()
                        && Arrays.equals(other.entry.agreement(), contact.entry.agreement()))
                .map(ContactConversation::name)
                .sorted()
                .toList();
    }

    public static void erase(StoreTransaction tx, int contact) throws StoreException {
        ConversationEraser.erase(tx, contact);
        tx.delete(SessionState.TABLE, Keys.of(contact));
        KemExchange.erase(tx, contact);
        tx.delete(ContactRecord.TABLE, Keys.of(contact));
    }
}
