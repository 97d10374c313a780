package org.partyline.transportembedded;

import org.partyline.api.TxId;

/** Identifies an output of a transaction. */
record Outpoint(TxId tx, int index) {
    /** {@code txid:index}. */
    @Override
    public String toString() {
        return tx + ":" + index;
    }
}
