package org.partyline.messaging.sessions;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;

/** Provides the post-quantum key exchanges of sessions (PROTOCOL 6.2) to sealing. */
@ProviderType
public interface Exchanges {
    /**
     * A packet of an exchange that replaces a decoy.
     *
     * @param type CONTROL or KEY_UPDATE
     */
    record Ride(PacketType type, byte[] body) {}

    /**
     * The next packet of an exchange; begins one if it is time. It must be sealed in the same transaction.
     *
     * @param session is changed; the caller stores it
     * @param most the maximum length of a body in bytes
     * @return empty: there is nothing to send, or it does not fit
     */
    Optional<Ride> next(StoreTransaction tx, ContactConversation contact, SessionState session, int most)
            throws StoreException;
}
