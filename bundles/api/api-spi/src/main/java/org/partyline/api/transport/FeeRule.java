package org.partyline.api.transport;

import org.osgi.annotation.versioning.ConsumerType;

/** What a transaction must pay, by its size. */
@FunctionalInterface
@ConsumerType
public interface FeeRule {
    /**
     * @param vsize virtual bytes of the signed transaction
     * @return satoshi, exactly what is to be paid
     */
    long fee(int vsize);
}
