package org.partyline.api;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A fee rate.
 *
 * @param satPerKvb satoshi for each 1,000 virtual bytes, 0 to 100,000,000 (100,000 sat/vB)
 */
public record FeeRate(long satPerKvb) implements Comparable<FeeRate> {
    /** The largest sensible rate: 100,000 sat/vB. */
    public static final long MAX_SAT_PER_KVB = 100_000_000L;

    private static final int MOST_DIGITS = 30;
    /** The longest part of a rejected text that is repeated. */
    private static final int MOST_SHOWN = 40;

    public FeeRate {
        if (satPerKvb < 0 || satPerKvb > MAX_SAT_PER_KVB) {
            throw new IllegalArgumentException("a fee rate must be 0 to 100000 sat/vB, not " + satPerKvb + " sat/kvB");
        }
    }

    /**
     * @param text a decimal number with or without the unit: {@code 0.5}, {@code 0.5sat/vB}
     * @throws IllegalArgumentException if it is anything else; the message says what is valid
     */
    public static FeeRate parse(String text) {
        String number = text.trim();
        if (number.toLowerCase(java.util.Locale.ROOT).endsWith("sat/vb")) {
            number = number.substring(0, number.length() - "sat/vB".length()).trim();
        }
        try {
            BigDecimal value = new BigDecimal(number);
            if (value.precision() > 15 || Math.abs(value.scale()) > 9) {
                throw new NumberFormatException();
            }
            return new FeeRate(value.movePointRight(3)
                    .setScale(0, RoundingMode.UNNECESSARY)
                    .longValueExact());
        } catch (ArithmeticException | NumberFormatException e) {
            String shown = text.replaceAll("\\p{Cntrl}", "?");
            throw new IllegalArgumentException(
                    "'" + shown.substring(0, Math.min(MOST_SHOWN, shown.length()))
                            + "' is not a fee rate: write it like 0.5sat/vB, with at most three decimals",
                    e);
        }
    }

    /**
     * @param btcPerKvb a rate from Bitcoin Core's RPC: BTC for each 1,000 virtual bytes; rounded up to the satoshi
     * @throws IllegalArgumentException if it is not a rate
     */
    public static FeeRate ofBtcPerKvb(BigDecimal btcPerKvb) {
        // Expanding 1e100000000 takes minutes and all of the memory.
        if (btcPerKvb.precision() > MOST_DIGITS || Math.abs((long) btcPerKvb.scale()) > MOST_DIGITS) {
            throw new IllegalArgumentException("a fee rate has at most " + MOST_DIGITS + " digits");
        }
        return new FeeRate(
                btcPerKvb.movePointRight(8).setScale(0, RoundingMode.CEILING).longValueExact());
    }

    /**
     * @param vsize virtual bytes
     * @return the fee in satoshi, rounded up as Bitcoin Core does since v28
     */
    public long fee(int vsize) {
        return (satPerKvb * vsize + 999L) / 1000L;
    }

    @Override
    public int compareTo(FeeRate other) {
        return Long.compare(satPerKvb, other.satPerKvb);
    }

    /** {@code 0.5 sat/vB}. */
    @Override
    public String toString() {
        return BigDecimal.valueOf(satPerKvb, 3).stripTrailingZeros().toPlainString() + " sat/vB";
    }
}
