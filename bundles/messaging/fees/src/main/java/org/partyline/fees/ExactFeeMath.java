package org.partyline.fees;

import java.security.SecureRandom;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.FeeRate;
import org.partyline.api.fees.FeeMath;

/** Calculates fees in whole satoshi, rounding only where the node rounds, and in the same way. */
@Component
public final class ExactFeeMath implements FeeMath {
    private static final int WEIGHT_A_VBYTE = 4;

    @Override
    public Optional<FeeRate> aim(Optional<FeeRate> estimate, FeeRate floor, FeeRate minimum, FeeRate maximum) {
        if (floor.compareTo(maximum) > 0) {
            return Optional.empty();
        }
        FeeRate wanted = higher(estimate.orElse(floor), minimum);
        return Optional.of(higher(lower(wanted, maximum), floor));
    }

    private static FeeRate higher(FeeRate a, FeeRate b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static FeeRate lower(FeeRate a, FeeRate b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    @Override
    public FeeRate draw(FeeRate aim, int bandPercent, FeeRate maximum, SecureRandom random) {
        if (bandPercent < 0 || bandPercent > 100) {
            throw new IllegalArgumentException("a band must be 0 to 100 percent, not " + bandPercent);
        }
        if (aim.compareTo(maximum) > 0) {
            throw new IllegalArgumentException("a rate of " + aim + " is above the maximum of " + maximum);
        }
        long least = aim.satPerKvb();
        long most = Math.min(least + least * bandPercent / 100, maximum.satPerKvb());
        return new FeeRate(least + random.nextLong(most - least + 1));
    }

    @Override
    public long replacement(long oldFee, int oldVsize, int newVsize, FeeRate increment, FeeRate floor) {
        if (oldFee < 0 || oldVsize < 1 || newVsize < 1) {
            throw new IllegalArgumentException(
                    "no replacement of " + oldFee + " sat for " + oldVsize + " vB has " + newVsize + " vB");
        }
        long relayed = Math.addExact(oldFee, increment.fee(newVsize));
        return Math.max(Math.max(relayed, higherRate(oldFee, oldVsize, newVsize)), floor.fee(newVsize));
    }

    /**
     * The minimum fee with a higher rate. Bitcoin Core up to 30 divides by virtual bytes, and from 31 on by weight,
     * which is up to 3 less than four times the virtual bytes. Both transactions have the same inputs, so the same is
     * missing in both; the larger one then weighs more in relation to its virtual bytes than the smaller one (measured:
     * 2,000 sat for 202 vB are replaced by 2,915 for 294 vB, but not by 2,914, although 2,911 would be the higher rate
     * by virtual bytes).
     */
    private static long higherRate(long fee, int oldVsize, int newVsize) {
        int missing = newVsize > oldVsize ? WEIGHT_A_VBYTE - 1 : 0;
        long from = (long) WEIGHT_A_VBYTE * oldVsize - missing;
        long to = (long) WEIGHT_A_VBYTE * newVsize - missing;
        // fee × to / from, in two parts: the product may be too large for a long.
        return Math.addExact(Math.multiplyExact(fee / from, to), fee % from * to / from + 1);
    }

    @Override
    public Optional<String> refuse(long fee, Caps caps, Spent spent) {
        if (fee < 0) {
            throw new IllegalArgumentException("a fee is 0 or more, not " + fee);
        }
        return over(fee, spent.message(), caps.message(), "on this message", "message")
                .or(() -> over(fee, spent.hour(), caps.hour(), "in the last hour", "hour"))
                .or(() -> over(fee, spent.day(), caps.day(), "in the last 24 hours", "day"));
    }

    /** @param cap its key after {@code fee-cap-}, and its option of {@code fee-limit} after {@code --} */
    private static Optional<String> over(long fee, long spent, long most, String what, String cap) {
        // Not spent + fee > most, which could overflow.
        if (fee <= most - spent) {
            return Optional.empty();
        }
        String wait = cap.equals("message") ? "" : "wait, or ";
        return Optional.of(fee + " sat more would exceed fee-cap-" + cap + "=" + most + "sat: " + spent
                + " sat were spent " + what + "; " + wait + "raise it with partyline:fee-limit --" + cap);
    }
}
