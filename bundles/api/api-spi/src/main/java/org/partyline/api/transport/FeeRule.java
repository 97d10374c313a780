package org.partyline.api.transport;

import org.osgi.annotation.versioning.ConsumerType;

/** Calculates the fee that a transaction must pay for its size. */
@FunctionalInterface
@ConsumerType
public interface FeeRule {
    /**
     * @param vsize virtual bytes of the signed transaction
     * @return satoshi, the exact fee
     */
    long fee(int vsize);
}
