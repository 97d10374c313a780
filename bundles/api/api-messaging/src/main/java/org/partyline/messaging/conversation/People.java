package org.partyline.messaging.conversation;

import org.partyline.messaging.store.Wipe;

/**
 * Holds the personas, channels and contacts of an open store. Guarded by the state's lock; wiped by {@link #close()},
 * and filled again when the store is opened.
 */
public final class People implements AutoCloseable {
    public final PersonaTable personas = new PersonaTable();
    public final ConversationTable conversations = new ConversationTable();

    /** Accepts keys from now on, until they are wiped. */
    public void begin() {
        personas.begin();
        conversations.begin();
    }

    @Override
    public void close() {
        Wipe.all(personas, conversations);
    }
}
