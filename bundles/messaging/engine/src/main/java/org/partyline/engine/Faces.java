package org.partyline.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/** The personas' keys and inboxes: made, loaded, changed, erased. Runs under the engine's lock. */
final class Faces {
    private final Core core;

    Faces(Core core) {
        this.core = core;
    }

    /** Loads all personas' keys; a persona that has none gets them. */
    void load(StoreTransaction tx, Memory memory) throws StoreException {
        for (Records.Persona persona : Core.all(tx, Records.PERSONAS, Records.Persona.class)) {
            Optional<Records.Identity> stored =
                    Core.find(tx, Records.IDENTITIES, Records.key(persona.id()), Records.Identity.class);
            Face face = stored.isPresent() ? restore(stored.get()) : fresh(persona.id());
            if (stored.isEmpty()) {
                put(tx, face);
            }
            memory.put(face);
        }
        expectInboxes(memory);
    }

    /** A persona's first keys. */
    Face fresh(int persona) {
        return new Face(
                persona,
                core.identities.generate(core.random),
                null,
                0,
                core.now().toEpochMilli(),
                0,
                0);
    }

    static void put(StoreTransaction tx, Face face) throws StoreException {
        Core.putSecret(tx, Records.IDENTITIES, Records.key(face.persona), Records.ALL, face.toStore());
    }

    /** Counts one more message that was sealed under a persona's keys. */
    static void countMessage(StoreTransaction tx, After after, Face face) throws StoreException {
        Records.Identity counted = face.toStore().withMessages(face.messages + 1);
        Core.putSecret(tx, Records.IDENTITIES, Records.key(face.persona), Records.ALL, counted);
        after.then(() -> face.messages = counted.messages());
    }

    Face restore(Records.Identity stored) {
        IdentityKeys keys = restore(stored.signingSeed(), stored.agreementPrivate(), stored.inboxSecret());
        IdentityKeys old = stored.oldSigningSeed() == null
                ? null
                : restore(stored.oldSigningSeed(), stored.oldAgreementPrivate(), stored.oldInboxSecret());
        return new Face(
                stored.persona(), keys, old, stored.oldUntil(), stored.since(), stored.messages(), stored.restored());
    }

    private IdentityKeys restore(byte[] seed, byte[] agreement, byte[] inbox) {
        try (SecretBytes signingSeed = SecretBytes.wrap(seed);
                SecretBytes agreementPrivate = SecretBytes.wrap(agreement);
                SecretBytes inboxSecret = SecretBytes.wrap(inbox)) {
            return core.identities.restore(signingSeed, agreementPrivate, inboxSecret);
        }
    }

    /** New keys beside the present ones, which become the old ones. @param keepOld whether those can still be used for a while */
    Face rotated(Face face, boolean keepOld, Instant oldUntil) {
        IdentityKeys old = keepOld
                ? core.identities.restore(
                        face.keys.signingSeed(), face.keys.agreementPrivate(), face.keys.inboxSecret())
                : null;
        return new Face(
                face.persona,
                core.identities.generate(core.random),
                old,
                keepOld ? oldUntil.toEpochMilli() : 0,
                core.now().toEpochMilli(),
                0,
                face.restored);
    }

    /** The same keys without the old ones. */
    Face withoutOld(Face face) {
        return new Face(
                face.persona,
                core.identities.restore(face.keys.signingSeed(), face.keys.agreementPrivate(), face.keys.inboxSecret()),
                null,
                0,
                face.since,
                face.messages,
                face.restored);
    }

    /** Recognises handshakes for every persona on the networks of the nodes; tells whether that is new for any. */
    boolean expectInboxes(Memory memory) {
        boolean added = false;
        for (Face face : memory.faces()) {
            for (Network network : networks(memory, face.persona)) {
                added |= expect(memory, face, network);
            }
        }
        return added;
    }

    /** Recognises handshakes for a persona on a network; tells whether that is new. */
    boolean expect(Memory memory, Face face, Network network) {
        boolean added = expect(memory, new Letterbox(face.persona, network, false), face.keys);
        if (face.old != null) {
            added |= expect(memory, new Letterbox(face.persona, network, true), face.old);
        }
        return added;
    }

    private boolean expect(Memory memory, Letterbox letterbox, IdentityKeys keys) {
        if (memory.expects(letterbox)) {
            return false;
        }
        SecretBytes root = core.handshakes.inboxRoot(keys.inboxSecret(), letterbox.network());
        memory.add(letterbox, core.handshakes.inboxBeacon(root), root);
        return true;
    }

    private List<Network> networks(Memory memory, int persona) {
        List<Network> networks = new ArrayList<>(core.nodes.networks());
        for (Correspondent contact : memory.contacts()) {
            if (contact.persona() == persona && !networks.contains(contact.network())) {
                networks.add(contact.network());
            }
        }
        return networks;
    }
}
