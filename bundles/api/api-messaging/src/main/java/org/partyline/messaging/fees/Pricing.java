package org.partyline.messaging.fees;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Fees;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;

/**
 * Determines the fee rate of transactions from a policy or the node, between the configured limits and never below the
 * node's floor.
 */
@ProviderType
public interface Pricing {
    /** The maximum fee of a transaction with so many packets, whatever rate is drawn, in satoshi. */
    long most(List<Transport> among, int packetBytes, int packets) throws PartylineException;

    /** The highest rate that can be drawn for these nodes now. */
    FeeRate highest(List<Transport> among) throws PartylineException;

    /** The highest rate that can be drawn from a band of this width. */
    FeeRate highest(FeeRate rate, int bandPercent);

    /**
     * The rate to aim at with one node now.
     *
     * @throws PartylineException if the node's floor is above the configured maximum; the message says what to do
     */
    FeeRate rate(Transport node) throws PartylineException;

    /**
     * The rate to aim at so that each of these nodes relays the transaction, whichever it is sent through: then the
     * quoted price is paid, and our other nodes show the transaction. It is the median of the estimates, clamped
     * between the highest floor and the limits. A node that requires more than is paid does not count, unless all do:
     * see {@link #entries}.
     *
     * @throws PartylineException if all require more; the message says what to do
     */
    FeeRate rate(List<Transport> among) throws PartylineException;

    /**
     * The nodes that a transaction may be sent through: those that relay within the configured maximum, or all if none
     * does.
     */
    List<Transport> entries(List<Transport> among);

    /** The rate of one transaction, drawn from the band, so that our transactions do not share a rate. */
    FeeRate draw(List<Transport> among) throws PartylineException;

    /** Exactly what the strictest of the nodes requires for a replacement (BIP125, rules 3 and 4), in satoshi. */
    FeeRule replacement(SignedTransaction before, List<Transport> nodes);

    /** The same for a transaction of known fee and size. */
    long replacement(long fee, int before, int vsize, List<Transport> among);

    List<Fees.FeeStatus> status();

    /** Warnings about the nodes' fee rates, as of the last price that each reported; no node is asked now. */
    List<String> warnings();
}
