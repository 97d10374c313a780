package org.partyline.delivery;

import java.util.List;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.FeeRates;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.fees.Pricing;

/** Calculates fee rates for carriers. */
final class CarrierFees implements FeeRates {
    private final NodeDirectory directory;
    private final Pricing pricing;

    CarrierFees(NodeDirectory directory, Pricing pricing) {
        this.directory = directory;
        this.pricing = pricing;
    }

    @Override
    public FeeRate rate(List<CarrierNode> nodes) throws PartylineException {
        return pricing.rate(transports(nodes));
    }

    @Override
    public FeeRate highest(List<CarrierNode> nodes) throws PartylineException {
        return pricing.highest(transports(nodes));
    }

    @Override
    public long most(List<CarrierNode> nodes, int bytes, int packets) throws PartylineException {
        return pricing.most(transports(nodes), bytes, packets);
    }

    @Override
    public long replacement(long fee, int before, int vsize, List<CarrierNode> nodes) {
        return pricing.replacement(fee, before, vsize, transports(nodes));
    }

    private List<Transport> transports(List<CarrierNode> nodes) {
        return CarrierViews.transports(directory, nodes);
    }
}
