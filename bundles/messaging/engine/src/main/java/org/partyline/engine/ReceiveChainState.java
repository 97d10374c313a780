package org.partyline.engine;

import java.util.Arrays;
import org.partyline.api.ratchet.ReceiveChain;

/** Another sender's chain, as it runs. */
final class ReceiveChainState implements AutoCloseable {
    final Records.Incoming entry;
    final ReceiveChain chain;

    ReceiveChainState(Records.Incoming entry, ReceiveChain chain) {
        this.entry = entry.with(null);
        this.chain = chain;
    }

    /** The same chain under a changed record. */
    ReceiveChainState with(Records.Incoming changed) {
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
