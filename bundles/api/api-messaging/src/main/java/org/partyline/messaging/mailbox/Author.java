package org.partyline.messaging.mailbox;

/**
 * Identifies the sender of a packet: by signature, or by chain. Any member of a channel has the keys of sealed packets,
 * so one that is neither signed nor on a chain could be anyone's.
 *
 * @param direct whether it arrived over a session, which has one sender
 * @param session the id of the chain, 16 hex digits; empty if none
 * @param signer as in a {@link MessageRecord}
 */
public record Author(boolean direct, String session, int signer) {
    /**
     * Whether it may change a message (PROTOCOL 6.1): from the chain that carried the message or, if a signature
     * identifies the author, with a signature by the same key. A chain proves less: members of a channel know each
     * other's chains.
     */
    public boolean mayChange(MessageRecord message) {
        if (message.outgoing() || message.notice() || message.legacy()) {
            return false;
        }
        if (message.signer() > 0) {
            return signer == message.signer();
        }
        return !session.isEmpty() && session.equals(message.session());
    }

    /** The author of an edit of this sender's message: none if the edit is not signed. */
    public int signerOf(MessageRecord message) {
        return signer == message.signer() ? signer : SignerId.NOBODY;
    }

    /**
     * Distinguishes the senders of reactions. All unidentifiable senders count as one: otherwise one member could pose
     * as a crowd.
     */
    public String key() {
        if (direct) {
            return "contact";
        }
        if (signer > 0) {
            return "signed:" + signer;
        }
        return session.isEmpty() ? "unknown" : "chain:" + session;
    }
}
