package org.partyline.contacts;

import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.state.AfterCommit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles the CONTROL messages of sessions (PROTOCOL 6.1); those about messages belong to the inbox. */
public final class SessionControls implements Controls {
    private static final Logger LOG = LoggerFactory.getLogger(SessionControls.class);

    private final SessionReports reports;
    private final RotationAnnouncer rotations;
    private final SessionReceipts receipts;
    private final PostQuantumExchange exchange;

    SessionControls(
            SessionReports reports,
            RotationAnnouncer rotations,
            SessionReceipts receipts,
            PostQuantumExchange exchange) {
        this.exchange = exchange;
        this.reports = reports;
        this.rotations = rotations;
        this.receipts = receipts;
    }

    @Override
    public void arrived(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            Inbox.Other control)
            throws StoreException {
        byte[] body = control.body();
        if (body.length == 0) {
            return;
        }
        switch (body[0]) {
            case ControlCodes.CLOSE -> {
                if (body.length > 1 && body[1] == ControlCodes.CLOSE_REPLACED) {
                    reports.replaced(tx, after, contact, chain, control);
                    return;
                }
                reports.closed(tx, after, contact, chain, control.timestamp());
            }
            case ControlCodes.COPY -> reports.copied(tx, after, contact, chain, body);
            case ControlCodes.ROTATE -> rotations.rotated(tx, after, contact, body, control.timestamp());
            case ControlCodes.RECEIPT -> receipts.received(tx, after, contact, body);
            case ControlCodes.KEM_KEY, ControlCodes.KEM_ANSWER -> exchange.arrived(tx, after, contact, chain, control);
            // Codes of a later version of the protocol are ignored.
            default -> LOG.debug("a control message of code {} was ignored", body[0]);
        }
    }

    @Override
    public void opened(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            Inbox.Source source,
            Optional<MessageRecord> message)
            throws StoreException {
        receipts.opened(tx, after, contact, source, message);
    }

    @Override
    public void sealed(StoreTransaction tx, AfterCommit after, ContactConversation contact, byte[] body)
            throws StoreException {
        if (body.length == 0) {
            return;
        }
        switch (body[0]) {
            case ControlCodes.RECEIPT -> receipts.sealed(tx, after, contact, body);
            case ControlCodes.KEM_KEY, ControlCodes.KEM_ANSWER -> exchange.sealed(tx, contact, body);
            default -> LOG.trace("a control message of code {} is sealed", body[0]);
        }
    }
}
