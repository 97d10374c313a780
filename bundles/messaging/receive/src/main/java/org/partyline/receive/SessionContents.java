package org.partyline.receive;

import java.util.List;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;

/**
 * Forwards the contents of contacts' packets that are not messages: answers, new keys, and control messages (PROTOCOL
 * 6).
 */
final class SessionContents {
    private final HandshakeManager handshakeManager;
    private final KeyUpdates updates;
    private final Controls controls;

    SessionContents(HandshakeManager handshakeManager, KeyUpdates updates, Controls controls) {
        this.handshakeManager = handshakeManager;
        this.updates = updates;
        this.controls = controls;
    }

    /** Returns whether a packet of a reply chain is the answer to a handshake of ours: nothing else is valid there. */
    boolean isAnswer(ContactConversation contact, ReceiveChainState chain, Content content) throws StoreException {
        return handshakeManager.isAnswer(contact, chain.entry, content);
    }

    /** Called when another answer was found to a handshake that we have to answer. Part of the caller's transaction. */
    void answeredByCopy(StoreTransaction tx, AfterCommit after, ContactConversation contact, ReceiveChainState chain)
            throws StoreException {
        handshakeManager.answeredByCopy(tx, after, contact, chain);
    }

    /** Called when a packet arrived on a session's chain or a reply chain. Part of the caller's transaction. */
    void arrived(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainState chain,
            Inbox.Source source,
            Inbox.Arrival arrival,
            long timestamp,
            List<SecretBytes> salts)
            throws StoreException {
        if (chain.entry.kind() == ChainKind.CANDIDATE
                && arrival.other().filter(Inbox.Other::isFarewell).isPresent()) {
            // Its sender already has another session, so it no longer matters who opened this one.
            return;
        }
        if (chain.entry.kind() == ChainKind.CANDIDATE) {
            handshakeManager.decided(tx, after, contact, chain.entry);
        }
        if (chain.entry.kind() != ChainKind.REPLY) {
            handshakeManager.confirmed(tx, after, contact, chain.entry, timestamp);
        }
        if (chain.entry.kind() == ChainKind.SESSION) {
            updates.heard(tx, after, contact, chain.entry, timestamp);
        }
        if (arrival.message().isPresent()) {
            SessionState session = SessionState.get(tx, contact.id());
            session.received++;
            session.put(tx);
        }
        if (chain.entry.kind() != ChainKind.REPLY) {
            controls.opened(tx, after, contact, source, arrival.message());
        }
        if (arrival.other().isEmpty()) {
            return;
        }
        Inbox.Other other = arrival.other().get();
        if (chain.entry.kind() == ChainKind.REPLY) {
            handshakeManager.resp(
                    tx, after, contact, chain.entry, other, source.id().hash());
        } else if (other.type() == PacketType.KEY_UPDATE && other.whole()) {
            updates.arrived(tx, after, contact, chain.entry, source.sequence(), other, salts);
        } else if (other.type() == PacketType.CONTROL) {
            controls.arrived(tx, after, contact, chain.entry, other);
        }
    }
}
