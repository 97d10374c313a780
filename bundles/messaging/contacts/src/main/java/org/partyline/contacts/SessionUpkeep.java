package org.partyline.contacts;

import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.StateGuard;

/** Repeats packets that sessions wait for, and renews old keys. */
final class SessionUpkeep {
    private final StateGuard guard;
    private final People people;
    private final Bus bus;
    private final HandshakeRepeats handshakes;
    private final SessionKeyUpdates updates;
    private final PersonaRotation rotation;
    private final StoredPersonaKeys personaKeys;

    SessionUpkeep(
            StateGuard guard,
            Bus bus,
            HandshakeRepeats handshakes,
            SessionKeyUpdates updates,
            PersonaRotation rotation,
            StoredPersonaKeys personaKeys) {
        this.guard = guard;
        this.people = guard.people();
        this.bus = bus;
        this.handshakes = handshakes;
        this.updates = updates;
        this.rotation = rotation;
        this.personaKeys = personaKeys;
    }

    /** Does what is due now. */
    void keep() throws PartylineException {
        keepSessions();
        rotation.keep();
    }

    /** Repeats unanswered handshakes and key updates; starts to recognise handshakes on new networks. */
    private void keepSessions() throws StoreException {
        if (personaKeys.expectInboxes()) {
            bus.publish(new Bus.Expected());
        }
        for (ContactConversation contact : people.conversations.contacts()) {
            try (AfterCommit after = new AfterCommit()) {
                guard.update(tx -> {
                    handshakes.repeat(tx, after, contact);
                    updates.repeat(tx, after, contact);
                });
                after.commit();
            }
        }
    }
}
