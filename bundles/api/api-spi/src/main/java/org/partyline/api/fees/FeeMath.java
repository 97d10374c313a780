package org.partyline.api.fees;

import java.security.SecureRandom;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.FeeRate;

/** Calculates fees. A service; stateless and thread-safe. */
@ProviderType
public interface FeeMath {
    /**
     * The rate to aim at: the node's estimate, clamped to the limits. An estimate is never trusted beyond them: a lying
     * node can report 0 or 10,000 sat/vB.
     *
     * @param estimate empty: the floor
     * @param floor the rate below which the node relays nothing
     * @param minimum the configured minimum
     * @param maximum the configured maximum; overrides {@code minimum}, but not {@code floor}
     * @return at least {@code floor}; empty if {@code floor} exceeds {@code maximum}
     */
    Optional<FeeRate> aim(Optional<FeeRate> estimate, FeeRate floor, FeeRate minimum, FeeRate maximum);

    /**
     * Draws a rate for one transaction: uniformly between {@code aim} and {@code aim} plus the band, at most {@code
     * maximum}.
     *
     * @param bandPercent 0 to 100
     */
    FeeRate draw(FeeRate aim, int bandPercent, FeeRate maximum, SecureRandom random);

    /**
     * The minimum fee for replacing a transaction that has no descendants (BIP125 rules 3 and 4, and a higher rate):
     * max(old fee + ceil(new size × increment), the minimum fee of a strictly higher rate, the floor). Both have the
     * same inputs. Bitcoin Core has compared rates by weight since 31: if a transaction grows, the fee is for the
     * weight from which its virtual bytes are rounded.
     *
     * @param oldFee satoshi
     * @param oldVsize virtual bytes
     * @param newVsize virtual bytes
     * @param increment the node's incremental relay fee
     * @param floor the node's relay floor
     * @return satoshi
     */
    long replacement(long oldFee, int oldVsize, int newVsize, FeeRate increment, FeeRate floor);

    /**
     * Whether a fee fits the caps.
     *
     * @param fee additional satoshi
     * @return empty if it fits; otherwise one line: which cap, how much of it is used, how to raise it
     */
    Optional<String> refuse(long fee, Caps caps, Spent spent);

    /**
     * The spending caps.
     *
     * @param message satoshi, for one message with all its packets
     * @param hour satoshi in any 60 minutes
     * @param day satoshi in any 24 hours
     */
    record Caps(long message, long hour, long day) {}

    /**
     * The amounts that are already spent.
     *
     * @param message satoshi spent on this message so far
     * @param hour satoshi spent in the last 60 minutes
     * @param day satoshi spent in the last 24 hours
     */
    record Spent(long message, long hour, long day) {}
}
