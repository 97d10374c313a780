package org.partyline.transportbitcoinj.wallet;

/**
 * The position of a key in its wallet: {@code m/84'/coin'/account'/chain/index} (BIP84).
 *
 * @param account 0 for the first persona
 * @param chain {@link #EXTERNAL} or {@link #CHANGE}
 * @param index from 0
 */
record KeyRef(int account, int chain, int index) {
    /** For addresses that are shown. */
    static final int EXTERNAL = 0;
    /** For change of our own payments. */
    static final int CHANGE = 1;
}
