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
     * Makes a handshake and queues it. Does nothing when a session stands or an answer is awaited.
     *
     * @throws NoSuchThingException when the contact's card is not known, or no suite may be used
     */
    void open(StoreTransaction tx, AfterCommit after, ContactConversation contact)
            throws StoreException, NoSuchThingException;

    /**
     * A handshake has arrived in an inbox.
     *
     * @param timestamp when it was sealed, in seconds; by whoever sealed it, who may be anyone with the card
     * @throws HandshakeRefusedException when it is none that was made for this card, or offers nothing that may be used
     */
    void init(StoreTransaction tx, AfterCommit after, ContactInbox contactInbox, byte[] body, long timestamp)
            throws StoreException, HandshakeRefusedException;

    /** A contact's card was added: what its owner has sent before is taken up. */
    void known(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException;

    /**
     * A packet opened on the chain of one of those who may have opened a session: it is theirs.
     *
     * @param chain of the packet, which is read on
     */
    void decided(StoreTransaction tx, AfterCommit after, ContactConversation contact, ReceiveChainRecord chain)
            throws StoreException;

    /**
     * Something arrived on a session's chain: who has opened it is no question any more, and the other side has it.
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

    /** An answer to a handshake of ours has arrived. @param packet hash of the packet */
    void resp(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord offer,
            Inbox.Other resp,
            byte[] packet)
            throws StoreException;

    /** A handshake of the other side, which is ours to answer, has another answer than ours. @param handshake the chain of answers to it */
    void answeredByCopy(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, ReceiveChainState handshake)
            throws StoreException;

    /**
     * Whether what came on the chain of an answer is the other side's answer. The chain's key is in the handshake, which
     * everybody reads who has the other side's card: nothing else is let in, and what is not let in uses nothing up.
     */
    boolean isAnswer(ContactConversation contact, ReceiveChainRecord offer, Content content);

    /** The keys of a session are erased; what was sent to us on it is read for a day more. */
    void ended(StoreTransaction tx, AfterCommit after, int contact, SessionState session) throws StoreException;

    /** One of our next packets was seen on the network: its key was used. No other key of the session is used. */
    void doubled(ContactConversation contact) throws StoreException;

    /**
     * Something that the session cannot go on without could not leave in time: the session ends here, and the next message
     * opens a new one.
     */
    void lost(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException;
}
