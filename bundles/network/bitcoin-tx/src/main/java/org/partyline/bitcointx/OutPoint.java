package org.partyline.bitcointx;

import org.partyline.api.TxId;

/**
 * Identifies an output.
 *
 * @param id the transaction that created it
 * @param index its index in that transaction, from 0
 */
public record OutPoint(TxId id, long index) {
    /** {@code txid:index}. */
    @Override
    public String toString() {
        return id + ":" + index;
    }
}
