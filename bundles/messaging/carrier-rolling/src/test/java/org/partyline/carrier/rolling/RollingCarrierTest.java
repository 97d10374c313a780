package org.partyline.carrier.rolling;

import org.partyline.testkit.CarrierContract;

class RollingCarrierTest extends CarrierContract {
    RollingCarrierTest() {
        super(new RollingCarriers());
    }
}
