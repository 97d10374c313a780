package org.partyline.contacts;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.Rotation;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;

/**
 * Rotates a persona's keys: by command, by age, by use, or after a compromise (PROTOCOL 6.1). Contacts are informed
 * over their sessions; the old keys are erased. Runs under the state lock.
 */
public final class PersonaRotation implements Rotation {
    /** How long contacts who were not informed yet can still use the old card. */
    static final Duration GRACE = Duration.ofHours(24);

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final OperatorSettings settings;
    private final SecurityLog security;
    private final HandshakeCoordinator handshakeManager;
    private final RotationAnnouncer rotations;
    private final SessionKeyUpdates updates;
    private final PersonaKeyStore personaKeyStore;

    public PersonaRotation(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            SecurityLog security,
            HandshakeCoordinator handshakeManager,
            RotationAnnouncer rotations,
            SessionKeyUpdates updates,
            PersonaKeyStore personaKeyStore) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.settings = settings;
        this.security = security;
        this.handshakeManager = handshakeManager;
        this.rotations = rotations;
        this.updates = updates;
        this.personaKeyStore = personaKeyStore;
    }

    @Override
    public Told rotate(int persona, boolean compromised) throws PartylineException {
        people.personas.requireWriting(persona);
        PersonaKeys before = people.personas.require(persona);
        PersonaKeys next =
                personaKeyStore.rotated(before, !compromised, clock.instant().plus(GRACE));
        List<ContactConversation> contacts = people.conversations.contacts().stream()
                .filter(c -> c.persona() == persona)
                .toList();
        // Signed while the old keys still exist.
        Map<ContactConversation, byte[]> bodies = new LinkedHashMap<>();
        for (ContactConversation contact : contacts) {
            bodies.put(contact, rotations.rotation(contact, before.keys, next.keys, compromised));
        }
        List<String> told = new ArrayList<>();
        List<String> untold = new ArrayList<>();
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> {
                PersonaKeyRecords.put(tx, next);
                for (Map.Entry<ContactConversation, byte[]> each : bodies.entrySet()) {
                    boolean willKnow = announce(tx, after, each.getKey(), each.getValue(), compromised);
                    (willKnow ? told : untold).add(each.getKey().name());
                }
            });
            personaKeyStore.put(next);
            personaKeyStore.expectInboxes();
            after.commit();
        } catch (PartylineException | RuntimeException e) {
            if (people.personas.keys(persona) != next) {
                next.close();
            }
            throw e;
        } finally {
            bodies.values().forEach(body -> Arrays.fill(body, (byte) 0));
        }
        return new Told(told, untold);
    }

    private boolean announce(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, byte[] body, boolean compromised)
            throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        boolean knowsPresent = contact.entry.told();
        if (session.isOpen()) {
            // One that may not know the present keys may know them all the same.
            rotations.say(tx, after, contact, body.clone());
            if (compromised) {
                updates.renew(tx, after, contact, session);
                session.put(tx);
            }
            if (knowsPresent) {
                return true;
            }
        }
        ContactRecord entry = contact.entry.withTold(false);
        ContactEntries.put(tx, entry);
        after.then(() -> contact.entry = entry);
        // A contact that knows only earlier keys accepts nothing that is signed with the present ones. If another
        // server
        // has the session, its user decides.
        if (compromised || contact.entry.isStranger() || !knowsPresent || session.isElsewhere()) {
            return false;
        }
        // Informed once the session is open, which is opened with the old keys.
        if (!session.isOpening()) {
            try {
                handshakeManager.offerAsUntold(tx, after, contact, session);
            } catch (NoSuchThingException e) {
                return false;
            }
        }
        return true;
    }

    /**
     * The maximum age of a persona's keys: up to a thirtieth less than configured, and different for each. Otherwise
     * personas that were created or restored together would reveal that by changing their keys together.
     */
    private Duration age(PersonaKeys personaKeys) {
        Duration age = settings.get().sessions().keyAge();
        byte[] id = personaKeys.keys.identity().senderId();
        long share = (id[0] & 0xffL) << 8 | id[1] & 0xff;
        return age.minusMillis(age.toMillis() / 30 * share >>> 16);
    }

    private void eraseOld(PersonaKeys personaKeys) throws StoreException {
        PersonaKeys bare = personaKeyStore.withoutOld(personaKeys);
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> {
                PersonaKeyRecords.put(tx, bare);
                for (ContactConversation contact : people.conversations.contacts()) {
                    if (contact.persona() == personaKeys.persona) {
                        rotations.reportUnknown(tx, after, contact);
                    }
                }
            });
            personaKeyStore.put(bare);
            personaKeyStore.expectInboxes();
            after.commit();
        }
    }

    /** Does what is due by time: rotates keys that are old or were used often, and erases old keys after their day. */
    void keep() throws PartylineException {
        Instant now = clock.instant();
        for (PersonaKeys personaKeys : people.personas.keys()) {
            if (personaKeys.old != null && now.toEpochMilli() > personaKeys.oldUntil) {
                eraseOld(personaKeys);
            }
            boolean aged = now.isAfter(Instant.ofEpochMilli(personaKeys.since).plus(age(personaKeys)));
            boolean due =
                    aged || personaKeys.messages >= settings.get().sessions().keyMessages();
            if (due && !personaKeys.copy) {
                rotate(personaKeys.persona, false);
                security.record(
                        "persona-rotated",
                        aged
                                ? "a persona's keys reached their maximum age and were replaced"
                                : "a persona's keys reached their maximum number of messages and were replaced");
            }
        }
    }
}
