package org.partyline.transportbitcoinj.wallet;

import java.util.Map;

/**
 * What the local wallets may do, checked.
 *
 * @param maxFee the most that a transaction may pay, in satoshi
 * @param gapLimit addresses without a payment that may follow each other
 */
record WalletSettings(long maxFee, int gapLimit) {
    /** The PID. */
    static final String PID = "org.partyline.wallet.local";

    /** When nothing is set. */
    static final WalletSettings DEFAULTS = new WalletSettings(100_000, 50);

    /** @throws IllegalArgumentException says which value is wrong and what would be right */
    static WalletSettings of(Map<String, ?> values) {
        return new WalletSettings(number(values, "max-fee", DEFAULTS.maxFee(), 100, 10_000_000, "sat"), (int)
                number(values, "gap-limit", DEFAULTS.gapLimit(), 20, 200, "addresses"));
    }

    private static long number(Map<String, ?> values, String key, long fallback, long min, long max, String unit) {
        Object value = values.get(key);
        String text = value == null ? "" : String.valueOf(value).trim();
        if (text.isEmpty()) {
            return fallback;
        }
        String right = key + "=" + text.replaceAll("[^ -~]", "?") + " is invalid: " + min + " to " + max + " " + unit;
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(right, e);
        }
        throw new IllegalArgumentException(right);
    }
}
