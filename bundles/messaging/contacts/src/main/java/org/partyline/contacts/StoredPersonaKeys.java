package org.partyline.contacts;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.RevokedKeys;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Creates, loads, changes and erases the personas' keys and inboxes. Runs under the state lock. */
public final class StoredPersonaKeys implements PersonaKeyStore {
    private final People people;
    private final Recognition recognition;
    private final Clock clock;
    private final SecureRandom random;
    private final NodeDirectory nodes;
    private final Identities identities;
    private final Handshakes handshakes;

    public StoredPersonaKeys(
            People people,
            Recognition recognition,
            Clock clock,
            SecureRandom random,
            NodeDirectory nodes,
            Identities identities,
            Handshakes handshakes) {
        this.people = people;
        this.recognition = recognition;
        this.clock = clock;
        this.random = random;
        this.nodes = nodes;
        this.identities = identities;
        this.handshakes = handshakes;
    }

    /** Loads all personas' keys; creates them for a persona without keys. */
    void load(StoreTransaction tx) throws StoreException {
        for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
            Optional<IdentityRecord> stored =
                    Tables.find(tx, IdentityRecord.TABLE, Keys.of(persona.id()), IdentityRecord.class);
            PersonaKeys personaKeys = stored.isPresent() ? restore(stored.get()) : fresh(persona.id());
            if (stored.isEmpty()) {
                PersonaKeyRecords.put(tx, personaKeys);
            }
            put(personaKeys);
        }
        expectInboxes();
    }

    @Override
    public void put(PersonaKeys personaKeys) {
        remove(personaKeys.persona);
        people.personas.put(personaKeys);
    }

    @Override
    public void remove(int persona) {
        recognition.beacons.removeInboxes(persona);
        people.personas.remove(persona);
    }

    @Override
    public PersonaKeys fresh(int persona) {
        return new PersonaKeys(
                persona, identities.generate(random), null, 0, clock.instant().toEpochMilli(), 0, 0);
    }

    @Override
    public PersonaKeys restore(IdentityRecord stored) {
        IdentityKeys keys = restore(stored.signingSeed(), stored.agreementPrivate(), stored.inboxSecret());
        IdentityKeys old = stored.oldSigningSeed() == null
                        || stored.oldAgreementPrivate() == null
                        || stored.oldInboxSecret() == null
                ? null
                : restore(stored.oldSigningSeed(), stored.oldAgreementPrivate(), stored.oldInboxSecret());
        PersonaKeys restored = new PersonaKeys(
                stored.persona(), keys, old, stored.oldUntil(), stored.since(), stored.messages(), stored.restored());
        restored.copy = stored.copy();
        restored.revoked = stored.revoked();
        return restored;
    }

    private IdentityKeys restore(byte[] seed, byte[] agreement, byte[] inbox) {
        try (SecretBytes signingSeed = SecretBytes.wrap(seed);
                SecretBytes agreementPrivate = SecretBytes.wrap(agreement);
                SecretBytes inboxSecret = SecretBytes.wrap(inbox)) {
            return identities.restore(signingSeed, agreementPrivate, inboxSecret);
        }
    }

    @Override
    public PersonaKeys rotated(PersonaKeys personaKeys, boolean keepOld, Instant oldUntil) {
        IdentityKeys old = keepOld
                ? identities.restore(
                        personaKeys.keys.signingSeed(),
                        personaKeys.keys.agreementPrivate(),
                        personaKeys.keys.inboxSecret())
                : null;
        PersonaKeys rotated = new PersonaKeys(
                personaKeys.persona,
                identities.generate(random),
                old,
                keepOld ? oldUntil.toEpochMilli() : 0,
                clock.instant().toEpochMilli(),
                0,
                personaKeys.restored);
        rotated.revoked = RevokedKeys.with(
                personaKeys.revoked, personaKeys.keys.identity().signing());
        return rotated;
    }

    @Override
    public PersonaKeys withoutOld(PersonaKeys personaKeys) {
        PersonaKeys without = new PersonaKeys(
                personaKeys.persona,
                identities.restore(
                        personaKeys.keys.signingSeed(),
                        personaKeys.keys.agreementPrivate(),
                        personaKeys.keys.inboxSecret()),
                null,
                0,
                personaKeys.since,
                personaKeys.messages,
                personaKeys.restored);
        without.copy = personaKeys.copy;
        without.revoked = personaKeys.revoked;
        return without;
    }

    @Override
    public boolean expectInboxes() {
        boolean added = false;
        for (PersonaKeys personaKeys : people.personas.keys()) {
            for (Network network : networks(personaKeys.persona)) {
                added |= expect(personaKeys, network);
            }
        }
        return added;
    }

    @Override
    public boolean expect(PersonaKeys personaKeys, Network network) {
        boolean added = expect(new ContactInbox(personaKeys.persona, network, false), personaKeys.keys);
        if (personaKeys.old != null) {
            added |= expect(new ContactInbox(personaKeys.persona, network, true), personaKeys.old);
        }
        return added;
    }

    private boolean expect(ContactInbox contactInbox, IdentityKeys keys) {
        if (recognition.beacons.expects(contactInbox)) {
            return false;
        }
        SecretBytes root = handshakes.inboxRoot(keys.inboxSecret(), contactInbox.network());
        recognition.beacons.add(contactInbox, handshakes.inboxBeacon(root), root);
        return true;
    }

    private List<Network> networks(int persona) {
        List<Network> networks = new ArrayList<>(nodes.networks());
        for (ContactConversation contact : people.conversations.contacts()) {
            if (contact.persona() == persona && !networks.contains(contact.network())) {
                networks.add(contact.network());
            }
        }
        return networks;
    }
}
