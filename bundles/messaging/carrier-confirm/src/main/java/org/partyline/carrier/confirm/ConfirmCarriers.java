package org.partyline.carrier.confirm;

import org.osgi.service.component.annotations.Component;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierFactory;

/** Registers the carrier {@code confirm}: each packet in a separate transaction, which is left to be mined. */
@Component
public final class ConfirmCarriers implements CarrierFactory {
    @Override
    public String id() {
        return "confirm";
    }

    @Override
    public Carrier open(CarrierContext context) {
        return new ConfirmCarrier(context);
    }
}
