package org.partyline.messaging.conversation;

import java.util.Arrays;
import org.partyline.api.ratchet.ReceiveChain;

/** Another sender's chain in memory. */
public final class ReceiveChainState implements AutoCloseable {
    private static final byte[] NONE = {};

    /** The stored record, without the chain. */
    public final ReceiveChainRecord entry;

    public final ReceiveChain chain;

    public ReceiveChainState(ReceiveChainRecord entry, ReceiveChain chain) {
        this.entry = entry.withChain(NONE);
        this.chain = chain;
    }

    /** The same chain under a changed record. */
    public ReceiveChainState with(ReceiveChainRecord changed) {
        return new ReceiveChainState(changed, chain);
    }

    @Override
    public void close() {
        chain.close();
        if (entry.handshake() != null) {
            Arrays.fill(entry.handshake(), (byte) 0);
        }
    }
}
