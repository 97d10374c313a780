package org.partyline.contacts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Tables;

/** Loads, renews and repairs the keys of personas and sessions. */
final class ContactsState implements StateOwner {
    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final InitialSync sync;
    private final StoredPersonaKeys personaKeys;
    private final StoredSessionChains chains;
    private final SessionUpkeep upkeep;
    private final Rollback rollback;

    ContactsState(
            StateGuard guard,
            Recognition recognition,
            InitialSync sync,
            StoredPersonaKeys personaKeys,
            StoredSessionChains chains,
            SessionUpkeep upkeep,
            Rollback rollback) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.sync = sync;
        this.personaKeys = personaKeys;
        this.chains = chains;
        this.upkeep = upkeep;
        this.rollback = rollback;
    }

    @Override
    public int place() {
        return 2;
    }

    @Override
    public void load(StoreTransaction tx) throws StoreException {
        personaKeys.load(tx);
        for (SessionState session : Tables.all(tx, SessionState.TABLE, SessionState.class)) {
            if (people.conversations.contact(session.contact) != null) {
                recognition.own.doubt(session.contact);
                chains.expectOwn(session);
            }
        }
    }

    @Override
    public void expire() throws PartylineException {
        // Packets that were collected while locked may be days old: until they are read, no key is erased.
        if (sync.isReading() && recognition.unmatched.again.isEmpty()) {
            upkeep.keep();
        }
    }

    @Override
    public boolean hasUsedKeys(StoreTransaction tx) throws StoreException {
        return rollback.hasSpoken(tx);
    }

    @Override
    public void mend(StoreTransaction tx, AfterCommit after, String why) throws StoreException {
        rollback.mend(tx, after, why);
    }

    /** Warns of personas that only read, and of copies of this server that are in use elsewhere. */
    @Override
    public List<String> warnings() throws StoreException {
        List<String> all = new ArrayList<>();
        for (PersonaKeys keys : people.personas.keys()) {
            if (keys.copy) {
                all.add(people.personas.readsOnly(keys.persona));
            }
        }
        List<String> elsewhere = guard.transact(tx -> {
            List<String> contacts = new ArrayList<>();
            for (SessionState session : Tables.all(tx, SessionState.TABLE, SessionState.class)) {
                ContactConversation contact = people.conversations.contact(session.contact);
                if (session.elsewhere != 0 && contact != null) {
                    contacts.add(contact.name());
                }
            }
            return contacts;
        });
        if (!elsewhere.isEmpty()) {
            Collections.sort(elsewhere);
            all.add("a copy of this server may be in use elsewhere: packets of "
                    + String.join(", ", elsewhere)
                    + " report one with the same keys. If you know of no copy, ask them another way. Otherwise stop one"
                    + " of the two, then take sessions back with partyline:session-open --again CONTACT");
        }
        return all;
    }
}
