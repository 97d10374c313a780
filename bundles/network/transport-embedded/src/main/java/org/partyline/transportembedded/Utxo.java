package org.partyline.transportembedded;

/**
 * An unspent P2WPKH output.
 *
 * @param outpoint where it is
 * @param value satoshi
 * @param program its witness program, 40 hex digits
 * @param height of its block, or {@link #UNCONFIRMED}
 */
record Utxo(Outpoint outpoint, long value, String program, int height) {
    /** Height of what is in no block. */
    static final int UNCONFIRMED = -1;

    boolean confirmed() {
        return height != UNCONFIRMED;
    }
}
