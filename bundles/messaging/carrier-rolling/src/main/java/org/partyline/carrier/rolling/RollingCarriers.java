package org.partyline.carrier.rolling;

import org.osgi.service.component.annotations.Component;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierFactory;

/** Registers the carrier {@code rolling}: each packet replaces the persona's last transaction. */
@Component
public final class RollingCarriers implements CarrierFactory {
    @Override
    public String id() {
        return "rolling";
    }

    /** The table's name from before carriers were bundles. */
    @Override
    public String table() {
        return "rolls";
    }

    @Override
    public Carrier open(CarrierContext context) {
        Batches batches = new Batches(context);
        BatchLimits limits = new BatchLimits(context);
        BatchClosing closing = new BatchClosing(context, batches);
        BatchVersions versions = new BatchVersions(context, limits, closing);
        return new RollingCarrier(
                context,
                batches,
                new Batcher(
                        context,
                        batches,
                        limits,
                        closing,
                        new BatchChoice(context),
                        versions,
                        new BatchBroadcaster(context, versions, closing)),
                new BatchQuotes(context, batches, limits, new BatchChoice(context)),
                limits,
                closing);
    }
}
