package org.partyline.messaging.sessions;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Content;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.state.AfterCommit;

/** Opens sessions with contacts and answers handshakes (PROTOCOL 6). */
@ProviderType
public interface HandshakeManager {
    /**
     * Makes a handshake and queues it. Does nothing if a session is open or an answer is awaited.
     *
     * @throws NoSuchThingException if the contact's card is not known, or no suite may be used
     */
    void open(StoreTransaction tx, AfterCommit after, ContactConversation contact)
            throws StoreException, NoSuchThingException;

    /**
     * Called when a handshake has arrived in an inbox.
     *
     * @param timestamp when it was sealed, in seconds, by its sender's clock; anyone with the card can be the sender
     * @param arrived when it existed at the latest, in seconds
     * @throws HandshakeRefusedException if it was not made for this card, or offers nothing that may be used
     */
    void init(
            StoreTransaction tx,
            AfterCommit after,
            ContactInbox contactInbox,
            byte[] body,
            long timestamp,
            long arrived)
            throws StoreException, HandshakeRefusedException;

    /** Called when a contact's card was added: earlier handshakes of its owner are answered. */
    void known(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException;

    /**
     * Called when a packet opened on the chain of one of those who may have opened a session: the session is theirs.
     *
     * @param chain the chain of the packet, which is still read
     */
    void decided(StoreTransaction tx, AfterCommit after, ContactConversation contact, ReceiveChainRecord chain)
            throws StoreException;

    /**
     * Called when something arrived on a session's chain: it is certain who opened the session, and that the other side
     * has it.
     *
     * @param timestamp when it was sealed, in seconds
     */
    void confirmed(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            long timestamp)
            throws StoreException;

    /** Called when an answer to a handshake of ours has arrived. @param packet hash of the packet */
    void resp(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord offer,
            Inbox.Other resp,
            byte[] packet)
            throws StoreException;

    /**
     * Called when a handshake of the other side has an answer that is not ours.
     *
     * @param handshake the chain of answers to it
     */
    void answeredByCopy(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, ReceiveChainState handshake)
            throws StoreException;

    /**
     * Whether a packet on the chain of an answer is the other side's answer. The chain's key is in the handshake, which
     * everyone who has the other side's card can read: nothing else is accepted, and a rejected packet uses up nothing.
     */
    boolean isAnswer(ContactConversation contact, ReceiveChainRecord offer, Content content);

    /** Called when the keys of a session are erased; packets sent to us on it can be read for another day. */
    void ended(StoreTransaction tx, AfterCommit after, int contact, SessionState session) throws StoreException;

    /**
     * Called when one of our next packets was seen on the network: its key was used. No other key of the session will
     * be used.
     */
    void doubled(ContactConversation contact) throws StoreException;

    /**
     * Called when a packet without which the session cannot continue could not leave in time: the session ends, and the
     * next message opens a new one.
     */
    void lost(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException;
}
