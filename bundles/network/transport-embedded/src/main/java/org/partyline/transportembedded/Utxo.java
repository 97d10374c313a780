package org.partyline.transportembedded;

/**
 * An unspent P2WPKH output.
 *
 * @param outpoint its outpoint
 * @param value satoshi
 * @param program its witness program, 40 hex digits
 * @param height the height of its block, or {@link #UNCONFIRMED}
 */
record Utxo(Outpoint outpoint, long value, String program, int height) {
    /** The height of an unconfirmed output. */
    static final int UNCONFIRMED = -1;

    boolean confirmed() {
        return height != UNCONFIRMED;
    }
}
