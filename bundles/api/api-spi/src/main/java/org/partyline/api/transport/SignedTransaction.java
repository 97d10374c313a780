package org.partyline.api.transport;

import org.partyline.api.TxId;

/**
 * A transaction ready to be broadcast.
 *
 * @param id its id
 * @param raw with witnesses
 * @param vsize virtual bytes
 * @param fee satoshi
 */
public record SignedTransaction(TxId id, byte[] raw, int vsize, long fee) {
    /** The id and the fee. */
    @Override
    public String toString() {
        return "SignedTransaction[" + id + ", " + vsize + " vB, " + fee + " sat]";
    }
}
