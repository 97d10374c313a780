package org.partyline.benchmarks;

import java.util.Locale;

/**
 * The amount of a resource that was needed.
 *
 * @param amount the amount
 * @param unit its unit
 */
record Cost(double amount, String unit) {
    static Cost nanoseconds(double amount) {
        return amount < 1e6 ? new Cost(amount, "ns") : milliseconds(amount);
    }

    static Cost milliseconds(double nanoseconds) {
        return new Cost(nanoseconds / 1e6, "ms");
    }

    static Cost seconds(double nanoseconds) {
        return new Cost(nanoseconds / 1e9, "s");
    }

    static Cost mebibytes(double bytes) {
        return new Cost(bytes / (1 << 20), "MiB");
    }

    @Override
    public String toString() {
        String digits = amount >= 100 ? "%.0f %s" : amount >= 10 ? "%.1f %s" : "%.2f %s";
        return String.format(Locale.ROOT, digits, amount, unit);
    }
}
