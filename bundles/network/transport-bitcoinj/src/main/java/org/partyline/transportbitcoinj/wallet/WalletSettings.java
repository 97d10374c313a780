package org.partyline.transportbitcoinj.wallet;

import java.util.Map;

/**
 * The validated settings of local wallets.
 *
 * @param maxFee the maximum fee of a transaction, in satoshi
 * @param gapLimit the maximum number of consecutive unused addresses
 */
record WalletSettings(long maxFee, int gapLimit) {
    /** Without configuration. */
    static final WalletSettings DEFAULTS = of(Map.of());

    /** @throws IllegalArgumentException says which value is wrong and what is valid */
    static WalletSettings of(Map<String, ?> values) {
        return new WalletSettings(WalletConfiguration.MAX_FEE.in(values), WalletConfiguration.GAP_LIMIT.in(values));
    }
}
