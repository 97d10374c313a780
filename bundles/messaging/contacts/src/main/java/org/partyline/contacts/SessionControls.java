package org.partyline.contacts;

import java.util.Arrays;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.kernel.AfterCommit;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sessions say of themselves in CONTROL messages (PROTOCOL 6.1); what is about a message is the inbox's. */
public final class SessionControls implements Controls {
    private static final Logger LOG = LoggerFactory.getLogger(SessionControls.class);

    private final OperatorSettings settings;
    private final SessionControlSender controlSender;
    private final NoiseHandshakes handshakeManager;
    private final IdentityNews news;
    private final Outbox outbox;

    public SessionControls(
            OperatorSettings settings,
            SessionControlSender controlSender,
            NoiseHandshakes handshakeManager,
            IdentityNews news,
            Outbox outbox) {
        this.settings = settings;
        this.controlSender = controlSender;
        this.handshakeManager = handshakeManager;
        this.news = news;
        this.outbox = outbox;
    }

    @Override
    public void arrived(
            StoreTransaction tx,
            Unlocked memory,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord track,
            Inbox.Other control)
            throws StoreException {
        byte[] body = control.body();
        if (body.length == 0) {
            return;
        }
        switch (body[0]) {
            case ControlCodes.CLOSE -> {
                SessionState session = SessionState.get(tx, contact.id());
                // On any chain of the session that stands: its keys may have been renewed while the end was on its way.
                if (session.isOpen() && track.number() >= session.firstTrack) {
                    handshakeManager.ended(tx, memory, after, contact.id(), session);
                    session.put(tx);
                    controlSender.notice(tx, memory, after, contact, contact.name() + " has ended the session");
                }
            }
            case ControlCodes.ROTATE -> news.rotated(tx, memory, after, contact, body);
            case ControlCodes.RECEIPT -> receipt(tx, memory, after, contact, body);
            // Codes of a later version of the protocol are not ours to understand.
            default -> LOG.debug("a control message of code {} was ignored", body[0]);
        }
    }

    /** A contact got a message of ours. */
    private void receipt(
            StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact, byte[] body)
            throws StoreException {
        if (body.length != 1 + Long.BYTES) {
            return;
        }
        byte[] hint = Arrays.copyOfRange(body, 1, body.length);
        for (OutgoingMessage outgoing :
                Tables.read(tx.list(OutgoingRecords.TABLE, Keys.of(contact.id())), OutgoingMessage.class)) {
            boolean meant = outgoing.isText()
                    && outgoing.parts().stream()
                            .anyMatch(part -> Arrays.equals(part.packet(), 1, 9, hint, 0, hint.length));
            if (meant) {
                OutgoingMessage received =
                        outbox.update(tx, memory, outgoing, outgoing.because(OutgoingMessage.RECEIVED));
                after.then(() -> controlSender.tell(memory, received));
            }
        }
    }

    @Override
    public void sendReceipt(
            StoreTransaction tx, Unlocked memory, AfterCommit after, ContactConversation contact, byte[] payload)
            throws StoreException {
        if (!settings.get().sessions().receipts()) {
            return;
        }
        byte[] body = new byte[1 + Long.BYTES];
        body[0] = ControlCodes.RECEIPT;
        System.arraycopy(payload, 1, body, 1, Long.BYTES);
        controlSender.say(tx, memory, after, contact, PacketType.CONTROL, body, HandshakeLimits.HANDSHAKE_LIFE);
    }
}
