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
    /** The most that a transaction with so many packets pays now, whatever rate is drawn, in satoshi. */
    long most(List<Transport> among, int packetBytes, int packets) throws PartylineException;

    /** The highest rate that can be drawn for these nodes now. */
    FeeRate highest(List<Transport> among) throws PartylineException;

    /** The highest rate that can be drawn, with a band of so much. */
    FeeRate highest(FeeRate rate, int bandPercent);

    /**
     * The rate to aim at, at a node, now.
     *
     * @throws PartylineException when the node's floor is above the configured maximum; the message says what to do
     */
    FeeRate rate(Transport node) throws PartylineException;

    /**
     * The rate to aim at so that each of these nodes relays it, whichever it goes in by: so what is named before is what is paid, and
     * others of ours show it. It is the median of the estimates, held between the highest floor and the limits. One that asks for more
     * than is paid does not count, unless all do: {@link #entries}.
     *
     * @throws PartylineException when all do; the message says what to do
     */
    FeeRate rate(List<Transport> among) throws PartylineException;

    /** The nodes that a transaction may go in by: those that relay within the configured maximum; all, where none does. */
    List<Transport> entries(List<Transport> among);

    /** The rate of one transaction, drawn afresh from the band, so that ours have no rate in common. */
    FeeRate draw(List<Transport> among) throws PartylineException;

    /** Exactly what the strictest of the nodes asks of what takes a transaction's place (BIP125, rules 3 and 4), in satoshi. */
    FeeRule replacement(SignedTransaction before, List<Transport> nodes);

    /** The same for one of a known fee and size. */
    long replacement(long fee, int before, int vsize, List<Transport> among);

    List<Fees.FeeStatus> status();

    /** What the nodes' offers should make an operator look at, as of the last price that each was asked for; no node is asked now. */
    List<String> warnings();
}
