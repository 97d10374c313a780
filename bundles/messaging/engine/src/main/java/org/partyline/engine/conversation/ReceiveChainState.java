package org.partyline.engine.conversation;

import java.util.Arrays;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.engine.store.Records;

/** Another sender's chain, as it runs. */
public final class ReceiveChainState implements AutoCloseable {
    public final Records.Incoming entry;
    public final ReceiveChain chain;

    public ReceiveChainState(Records.Incoming entry, ReceiveChain chain) {
        this.entry = entry.with(null);
        this.chain = chain;
    }

    /** The same chain under a changed record. */
    public ReceiveChainState with(Records.Incoming changed) {
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
