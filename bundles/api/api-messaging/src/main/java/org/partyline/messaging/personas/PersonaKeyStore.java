package org.partyline.messaging.personas;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.PersonaKeys;

/** Creates, restores and rotates personas' keys, and registers their inboxes. */
@ProviderType
public interface PersonaKeyStore {
    /** Replaces a persona's keys; the previous ones are wiped, and their inboxes removed. */
    void put(PersonaKeys personaKeys);

    /** Wipes a persona's keys, and removes their inboxes. */
    void remove(int persona);

    /** Creates a persona's first keys. */
    PersonaKeys fresh(int persona);

    PersonaKeys restore(IdentityRecord stored);

    /**
     * New keys; the present ones become the old ones.
     *
     * @param keepOld whether the old ones can still be used for a while
     */
    PersonaKeys rotated(PersonaKeys personaKeys, boolean keepOld, Instant oldUntil);

    /** The same keys without the old ones. */
    PersonaKeys withoutOld(PersonaKeys personaKeys);

    /**
     * Starts to recognise handshakes for every persona on the networks of the nodes; returns whether that is new for
     * any of them.
     */
    boolean expectInboxes();

    /** Starts to recognise handshakes for a persona on a network; returns whether that is new. */
    boolean expect(PersonaKeys personaKeys, Network network);
}
