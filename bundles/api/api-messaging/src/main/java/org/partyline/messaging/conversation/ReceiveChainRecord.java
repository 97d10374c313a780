package org.partyline.messaging.conversation;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Another sender's chain, as it is stored.
 *
 * @param number unique in the store
 * @param membership the channel's or the contact's number
 * @param session 8 bytes, the chain's local name
 * @param suite that opened its first packet
 * @param nickname as its sender gave it
 * @param opened the timestamp of its first packet: puts a sender's chains in order; of a REPLY, when the handshake was made
 * @param handshake what is needed to end the handshake; null but for a REPLY
 * @param retires when it is no longer read, in milliseconds; 0 while it is current
 * @param answer hash of the packet that answered a REPLY's handshake, or of our own answer on an ANSWERED; empty: another session took the
 *     place of what was offered; null: none of this yet
 */
@RecordBuilder
public record ReceiveChainRecord(
        int number,
        int membership,
        ChainKind kind,
        byte[] session,
        int suite,
        String nickname,
        long opened,
        byte[] chain,
        byte @Nullable [] handshake,
        long retires,
        byte @Nullable [] answer)
        implements ReceiveChainRecordBuilder.With {
    /** The table of the store. */
    public static final String TABLE = "receive-chains";

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Incoming";
    }

    /** The contact is the one who opened. */
    public ReceiveChainRecord decided(long time) {
        return with().kind(ChainKind.SESSION).handshake(null).retires(time).build();
    }

    public ReceiveChainRecord retiring(long time) {
        return withRetires(time);
    }

    /** Whether a packet is the answer that is known already. @param hash of the packet */
    public boolean isAnsweredBy(byte[] hash) {
        return Arrays.equals(answer, hash);
    }
}
