package org.partyline.api.carrier;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;

/**
 * Calculates fee rates from the nodes' estimates, between the configured limits and never below the nodes' relay
 * floors.
 */
@ProviderType
public interface FeeRates {
    /**
     * The rate to aim at, so that each of these nodes relays the transaction.
     *
     * @throws PartylineException if all require more than the configured maximum; the message says what to do
     */
    FeeRate rate(List<CarrierNode> nodes) throws PartylineException;

    /** The highest rate that a transaction can pay now, whatever rate is drawn for it. */
    FeeRate highest(List<CarrierNode> nodes) throws PartylineException;

    /** The maximum fee of a transaction with so many packets of one size, whatever rate is drawn, in satoshi. */
    long most(List<CarrierNode> nodes, int bytes, int packets) throws PartylineException;

    /**
     * The fee of a replacement, in satoshi: exactly what the strictest of the nodes requires (BIP125, rules 3 and 4).
     *
     * @param fee the fee of the replaced transaction, in satoshi
     * @param before the virtual size of the replaced transaction, in bytes
     * @param vsize the virtual size of the replacement, in bytes
     */
    long replacement(long fee, int before, int vsize, List<CarrierNode> nodes);
}
