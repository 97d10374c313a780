package org.partyline.engine.conversation;

/**
 * Another sender's chain.
 *
 * @param number unique in the store
 * @param membership the channel's or the contact's number
 * @param session 8 bytes, the chain's local name
 * @param suite that opened its first packet
 * @param nickname as its sender gave it
 * @param opened the timestamp of its first packet: puts a sender's chains in order; of a REPLY, when the handshake was made
 * @param handshake what is needed to end the handshake; null but for a REPLY
 * @param retires when it is no longer read, in milliseconds; 0 while it is current
 */
public record ReceiveChainRecord(
        int number,
        int membership,
        ChainKind kind,
        byte[] session,
        int suite,
        String nickname,
        long opened,
        byte[] chain,
        byte[] handshake,
        long retires) {
    /** The table of the store. */
    public static final String TABLE = "receive-chains";

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Incoming";
    }

    public ReceiveChainRecord with(byte[] newChain) {
        return new ReceiveChainRecord(
                number, membership, kind, session, suite, nickname, opened, newChain, handshake, retires);
    }

    /** The contact is the one who opened. */
    public ReceiveChainRecord decided(long time) {
        return new ReceiveChainRecord(
                number, membership, ChainKind.SESSION, session, suite, nickname, opened, chain, null, time);
    }

    public ReceiveChainRecord retiring(long time) {
        return new ReceiveChainRecord(
                number, membership, kind, session, suite, nickname, opened, chain, handshake, time);
    }
}
