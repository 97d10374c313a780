package org.partyline.engine;

import java.util.Arrays;
import org.partyline.api.ratchet.ReceiveChain;

/** Another sender's chain, as it runs. */
final class Track implements AutoCloseable {
    final Records.Incoming entry;
    final ReceiveChain chain;

    Track(Records.Incoming entry, ReceiveChain chain) {
        this.entry = entry.with(null);
        this.chain = chain;
    }

    /** The same chain under a changed record. */
    Track with(Records.Incoming changed) {
        return new Track(changed, chain);
    }

    @Override
    public void close() {
        chain.close();
        if (entry.handshake() != null) {
            Arrays.fill(entry.handshake(), (byte) 0);
        }
    }
}
