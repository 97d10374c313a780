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
     * The rate to aim at so that each of these nodes relays it.
     *
     * @throws PartylineException when all ask for more than the configured maximum; the message says what to do
     */
    FeeRate rate(List<CarrierNode> nodes) throws PartylineException;

    /** The highest rate that a transaction pays now, whatever rate is drawn for it. */
    FeeRate highest(List<CarrierNode> nodes) throws PartylineException;

    /** The most that a transaction with so many packets of a size pays now, whatever rate is drawn, in satoshi. */
    long most(List<CarrierNode> nodes, int bytes, int packets) throws PartylineException;

    /**
     * What a transaction pays, in satoshi, that takes another one's place: exactly what the strictest of the nodes asks (BIP125, rules 3
     * and 4).
     *
     * @param fee the other one's, in satoshi
     * @param before the other one's size in virtual bytes
     * @param vsize its own
     */
    long replacement(long fee, int before, int vsize, List<CarrierNode> nodes);
}
