package org.partyline.transportbitcoinj.wallet;

import java.util.Map;

/**
 * The validated settings of local wallets.
 *
 * @param maxFee the most that a transaction may pay, in satoshi
 * @param gapLimit addresses without a payment that may follow each other
 */
record WalletSettings(long maxFee, int gapLimit) {
    /** When nothing is set. */
    static final WalletSettings DEFAULTS = of(Map.of());

    /** @throws IllegalArgumentException says which value is wrong and what would be right */
    static WalletSettings of(Map<String, ?> values) {
        return new WalletSettings(WalletConfiguration.MAX_FEE.in(values), WalletConfiguration.GAP_LIMIT.in(values));
    }
}
