package org.partyline.messaging.conversation;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Another sender's chain, as stored.
 *
 * @param number unique in the store
 * @param membership the number of the channel or contact
 * @param session 8 bytes, the chain's local name
 * @param suite the suite that opened its first packet
 * @param nickname the nickname that its sender gave
 * @param opened the timestamp of its first packet, which orders a sender's chains; for a REPLY, when the handshake was
 *     made
 * @param handshake the state for completing the handshake of a REPLY; otherwise null
 * @param retires when it is no longer read, in milliseconds; 0 while it is in use
 * @param answer hash of the packet that answered a REPLY's handshake, or of our own answer on an ANSWERED; empty:
 *     another session replaced the offered one; null: neither yet
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

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Incoming";
    }

    /** The contact proved to be the one who opened the session. */
    public ReceiveChainRecord decided(long time) {
        return with().kind(ChainKind.SESSION).handshake(null).retires(time).build();
    }

    public ReceiveChainRecord retiring(long time) {
        return withRetires(time);
    }

    /** Whether a packet is the known answer. @param hash of the packet */
    public boolean isAnsweredBy(byte[] hash) {
        return Arrays.equals(answer, hash);
    }
}
