package org.partyline.contacts;

import java.util.Arrays;
import java.util.List;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.sessions.SessionState;

/** Decides whether a handshake of the other side, or our session, prevails (PROTOCOL 6). */
final class HandshakePrecedence {
    private final People people;

    HandshakePrecedence(People people) {
        this.people = people;
    }

    /**
     * A handshake of the other side.
     *
     * @param timestamp when it was made, in seconds, as far as known
     * @param again whether it arrived before and was not acted on
     */
    record Init(byte[] body, long timestamp, boolean again) {}

    /** Whether our session prevails over a handshake, whichever owner of its key has made it. */
    boolean ownStands(StoreTransaction tx, List<ContactConversation> candidates, PublicIdentity addressed, Init init)
            throws StoreException {
        boolean all = true;
        for (ContactConversation contact : candidates) {
            all &= ownStands(contact, SessionState.get(tx, contact.id()), addressed, init);
        }
        for (ContactConversation contact : all ? candidates : List.<ContactConversation>of()) {
            SessionState session = SessionState.get(tx, contact.id());
            if (session.isOpening() && !isNoLater(session, init.timestamp())) {
                session.hurry = true;
                session.put(tx);
            }
        }
        return all;
    }

    /**
     * Whether our session prevails over a handshake of the other side: because that is old, was made before the other
     * side answered ours, or because both opened at once and our sender id is lower. The id is that of the card which
     * the other side has and compares; for that side, a handshake of ours with other keys than that card's is a
     * stranger's.
     */
    private boolean ownStands(ContactConversation contact, SessionState session, PublicIdentity addressed, Init init) {
        if (isNoLater(session, init.timestamp())) {
            return true;
        }
        if (session.isOpen()) {
            // The other side makes no handshake while it uses the session.
            return init.again() && init.timestamp() <= session.heard;
        }
        if (session.isOpening()) {
            byte[] own = addressed.senderId();
            byte[] theirs = contact.identity().orElseThrow().senderId();
            return Arrays.equals(
                            own,
                            people.personas
                                    .require(contact.persona())
                                    .knownTo(contact)
                                    .identity()
                                    .senderId())
                    && Arrays.compareUnsigned(own, theirs) < 0;
        }
        return false;
    }

    /** Whether a handshake of the other side was made before its handshake, or answer, of the last session. */
    static boolean isNoLater(SessionState session, long initTimestamp) {
        return initTimestamp <= session.respTime;
    }
}
