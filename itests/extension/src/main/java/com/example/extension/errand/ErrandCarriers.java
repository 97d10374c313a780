package com.example.extension.errand;

import org.osgi.service.component.annotations.Component;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierFactory;

/** Offers the carrier {@code errand}. */
@Component
public final class ErrandCarriers implements CarrierFactory {
    static final String ID = "errand";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Carrier open(CarrierContext context) {
        return new ErrandCarrier(context);
    }
}
