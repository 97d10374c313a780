package org.partyline.carrier.confirm;

import org.partyline.testkit.CarrierContract;

class ConfirmCarrierTest extends CarrierContract {
    ConfirmCarrierTest() {
        super(new ConfirmCarriers());
    }
}
