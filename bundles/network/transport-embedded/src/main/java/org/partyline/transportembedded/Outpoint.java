package org.partyline.transportembedded;

import org.partyline.api.TxId;

/** An output of a transaction, by its place. */
record Outpoint(TxId tx, int index) {
    /** {@code txid:index}. */
    @Override
    public String toString() {
        return tx + ":" + index;
    }
}
