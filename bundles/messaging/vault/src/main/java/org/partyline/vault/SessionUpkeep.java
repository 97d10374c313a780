package org.partyline.vault;

import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.Rotation;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.StateGuard;

/** Repeats what sessions wait for, and renews old keys. */
final class SessionUpkeep {
    private final StateGuard guard;
    private final People people;
    private final Bus bus;
    private final HandshakeManager handshakeManager;
    private final KeyUpdates updates;
    private final Rotation rotation;
    private final PersonaKeyStore personaKeyStore;

    SessionUpkeep(
            StateGuard guard,
            Bus bus,
            HandshakeManager handshakeManager,
            KeyUpdates updates,
            Rotation rotation,
            PersonaKeyStore personaKeyStore) {
        this.guard = guard;
        this.people = guard.people();
        this.bus = bus;
        this.handshakeManager = handshakeManager;
        this.updates = updates;
        this.rotation = rotation;
        this.personaKeyStore = personaKeyStore;
    }

    /** What is due now. */
    void keep() throws PartylineException {
        keepSessions();
        rotation.keep();
    }

    /** Repeats handshakes and key updates that nobody answered; expects handshakes on networks that are new. */
    private void keepSessions() throws StoreException {
        if (personaKeyStore.expectInboxes()) {
            bus.publish(new Bus.Expected());
        }
        for (ContactConversation contact : people.conversations.contacts()) {
            try (AfterCommit after = new AfterCommit()) {
                guard.transact(tx -> {
                    handshakeManager.repeat(tx, after, contact);
                    updates.repeat(tx, after, contact);
                    return null;
                });
                after.commit();
            }
        }
    }
}
