package org.partyline.contacts;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;

/** Repeats handshakes of ours that were not answered (PROTOCOL 6). Part of the caller's transaction. */
final class HandshakeRepeats {
    private final People people;
    private final OperatorSettings settings;
    private final SecurityLog security;
    private final SessionProtocol protocol;
    private final HandshakeCoordinator handshakes;

    HandshakeRepeats(
            People people,
            OperatorSettings settings,
            SecurityLog security,
            SessionProtocol protocol,
            HandshakeCoordinator handshakes) {
        this.people = people;
        this.settings = settings;
        this.security = security;
        this.protocol = protocol;
        this.handshakes = handshakes;
    }

    /** Repeats a handshake that was not answered for some hours. Call it from time to time. */
    void repeat(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        Optional<SessionState> found = SessionState.find(tx, contact.id());
        if (found.isEmpty()) {
            return;
        }
        SessionState session = found.get();
        Instant now = protocol.clock().instant();
        if (session.clockWentBack(now)) {
            session.put(tx);
        }
        if (session.formerChain != null
                && now.isAfter(Instant.ofEpochMilli(session.since).plus(HandshakeLimits.HANDSHAKE_LIFE))) {
            session.forgetFormer();
            session.put(tx);
        }
        Duration patience = session.hurry || isFresh(contact, now)
                ? HandshakeLimits.SOONEST_RETRY
                : settings.get().sessions().handshakeRetry();
        boolean unopened = session.restored && !session.isOpen() && !session.isElsewhere();
        if (unopened && session.isOpening() && isMined(tx, session, now) != session.offerMined) {
            session.offerMined = !session.offerMined;
            session.put(tx);
        }
        boolean late = session.isOpening()
                && now.isAfter(Instant.ofEpochMilli(session.offered).plus(patience))
                && (session.hurry || isWanted(tx, contact.id()));
        if (late
                || unopened
                        && (session.isOpening()
                                ? isUnread(session, now)
                                : HandshakeCoordinator.mayOffer(session, now))) {
            try {
                handshakes.offer(tx, after, contact, session);
            } catch (NoSuchThingException e) {
                security.record(
                        "session-waits",
                        "a handshake cannot be created: every cipher suite is denied, or the card cannot be used");
            }
        }
    }

    /**
     * Whether these keys were recently imported from a backup: then the original may be the reason for the missing
     * answer, and another handshake detects it.
     */
    private boolean isFresh(ContactConversation contact, Instant now) {
        long restored = people.personas.require(contact.persona()).restored;
        return now.isBefore(Instant.ofEpochMilli(restored).plus(StoredSessionChains.OLD));
    }

    /**
     * Whether our newest handshake is in a block in which the other side accepts it; unchanged once its message is
     * forgotten.
     */
    private static boolean isMined(StoreTransaction tx, SessionState session, Instant now) throws StoreException {
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, session.contact)) {
            if (outgoing.type() == PacketType.HANDSHAKE_INIT.code() && outgoing.queued() >= session.offered) {
                return outgoing.state() == Messages.State.CONFIRMED
                        && (session.offerMined
                                || now.isBefore(Instant.ofEpochSecond(outgoing.stamped())
                                        .plus(HandshakeLimits.HANDSHAKE_LIFE)));
            }
        }
        return session.offerMined;
    }

    /** Whether the other side can have missed our newest handshake, and does not accept it any more. */
    private static boolean isUnread(SessionState session, Instant now) {
        return !session.offerMined
                && now.isAfter(Instant.ofEpochMilli(session.offered).plus(HandshakeLimits.HANDSHAKE_LIFE));
    }

    /** Whether something waits for the session. */
    private static boolean isWanted(StoreTransaction tx, int contact) throws StoreException {
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, contact)) {
            if (!outgoing.state().isSettled()
                    && !outgoing.isHandshake()
                    && outgoing.parts().isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
