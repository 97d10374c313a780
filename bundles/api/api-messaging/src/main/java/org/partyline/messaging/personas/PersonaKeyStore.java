package org.partyline.messaging.personas;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.PersonaKeys;

/** Creates, restores and rotates personas' keys, and registers their inboxes. */
@ProviderType
public interface PersonaKeyStore {
    /** A persona's keys from now on; those before are wiped, and their inboxes forgotten. */
    void put(PersonaKeys personaKeys);

    /** Wipes a persona's keys, and forgets their inboxes. */
    void remove(int persona);

    /** A persona's first keys. */
    PersonaKeys fresh(int persona);

    PersonaKeys restore(IdentityRecord stored);

    /** New keys beside the present ones, which become the old ones. @param keepOld whether those can still be used for a while */
    PersonaKeys rotated(PersonaKeys personaKeys, boolean keepOld, Instant oldUntil);

    /** The same keys without the old ones. */
    PersonaKeys withoutOld(PersonaKeys personaKeys);

    /** Recognises handshakes for every persona on the networks of the nodes; reports whether that is new for any. */
    boolean expectInboxes();

    /** Recognises handshakes for a persona on a network; reports whether that is new. */
    boolean expect(PersonaKeys personaKeys, Network network);
}
