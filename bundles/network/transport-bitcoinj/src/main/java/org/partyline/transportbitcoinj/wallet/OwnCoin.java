package org.partyline.transportbitcoinj.wallet;

import org.partyline.bitcointx.OutPoint;

/**
 * A coin of ours.
 *
 * @param at its outpoint
 * @param amount satoshi
 * @param key its key
 * @param program the key's hash
 * @param confirmations 0 in the mempool
 * @param spendable whether a new transaction may spend it now
 * @param reserved whether a transaction of ours that nobody has seen yet spends it
 */
record OwnCoin(
        OutPoint at, long amount, KeyRef key, byte[] program, int confirmations, boolean spendable, boolean reserved) {
    /** The same coin, reserved. */
    OwnCoin asReserved() {
        return new OwnCoin(at, amount, key, program, confirmations, false, true);
    }
}
