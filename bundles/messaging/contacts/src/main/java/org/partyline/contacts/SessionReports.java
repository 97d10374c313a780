package org.partyline.contacts;

import java.util.Arrays;
import java.util.Optional;
import org.partyline.api.engine.Sessions;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;

/**
 * Handles what the other side reports about a session: it closed or replaced it, or two servers use its keys (PROTOCOL
 * 6.1). Each method is part of the caller's transaction.
 */
final class SessionReports {
    private final HandshakeCoordinator handshakes;
    private final ReplacedSessions replaced;
    private final StoredSessionChains chains;
    private final SessionControlSender controlSender;
    private final RotationAnnouncer rotations;

    SessionReports(
            HandshakeCoordinator handshakes,
            SessionProtocol protocol,
            StoredSessionChains chains,
            SessionControlSender controlSender,
            SecurityLog security,
            RotationAnnouncer rotations) {
        this.handshakes = handshakes;
        this.replaced = new ReplacedSessions(chains, protocol, controlSender, security);
        this.chains = chains;
        this.controlSender = controlSender;
        this.rotations = rotations;
    }

    /** Called when the other side reports on a session's chain that it closed the session. @param timestamp in seconds */
    void closed(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            long timestamp)
            throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        // On any chain of the present session, whose keys may have been renewed while the end was in flight.
        if (session.isOpen() && chain.number() >= session.firstChain) {
            unread(tx, after, contact, session, timestamp);
            handshakes.ended(tx, after, contact.id(), session);
            session.put(tx);
            // The other side reads the chain for another day only.
            controlSender.requeueUnread(tx, after, contact);
            controlSender.notice(tx, after, contact, contact.name() + " has closed the session");
        }
    }

    /**
     * Called when the other side reports on a session's chain that another one replaced it. @param close the report
     */
    void replaced(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            Inbox.Other close)
            throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen() || chain.number() < session.firstChain) {
            return;
        }
        byte[] body = close.body();
        unread(tx, after, contact, session, close.timestamp());
        if (replaced.isOurs(contact, session, body)) {
            handshakes.ended(tx, after, contact.id(), session);
            session.state = Sessions.State.OPENING;
            // Its answer may be in flight. If it was lost, or arrived when it was of no use, the next handshake is
            // answered.
            session.hurry = true;
            reviveOffer(tx, after, contact, body);
        } else {
            replaced.replacedByCopy(tx, after, contact, session);
            handshakes.ended(tx, after, contact.id(), session);
        }
        controlSender.requeueUnread(tx, after, contact);
        session.put(tx);
    }

    /** The other side reads the chain for another day only: also new keys that leave later are unread. */
    private void unread(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session, long ended)
            throws StoreException {
        replaced.markLate(tx, after, contact, session, ended);
        for (OutgoingMessage sent : OutgoingRecords.of(tx, contact.id())) {
            if (!sent.isGivenUp() && replaced.isLate(sent, ended)) {
                rotations.unsaid(tx, after, contact, sent);
            }
        }
    }

    private void reviveOffer(StoreTransaction tx, AfterCommit after, ContactConversation contact, byte[] body)
            throws StoreException {
        if (body.length >= 2 + Long.BYTES) {
            Optional<ReceiveChainState> offer = chains.offer(contact.id(), Arrays.copyOfRange(body, 2, 2 + Long.BYTES));
            if (offer.isPresent()) {
                chains.revive(tx, after, offer.get());
            }
        }
    }

    /** Called when two servers use the keys of one side. @param body of the COPY */
    void copied(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, ReceiveChainRecord chain, byte[] body)
            throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen() || body.length < 2) {
            return;
        }
        boolean former = chain.number() < session.firstChain;
        if (body[1] == ControlCodes.COPY_NOT_OPENED && former && !session.copyReported) {
            replaced.contactHasCopy(tx, after, contact, session);
            session.put(tx);
        } else if (body[1] == ControlCodes.COPY_SEEN && !former) {
            replaced.copySeen(tx, after, contact, session);
            session.put(tx);
        }
    }
}
