package org.partyline.carrier.confirm;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.testkit.CarrierContract;

class ConfirmCarrierTest extends CarrierContract {
    ConfirmCarrierTest() {
        super(new ConfirmCarriers());
    }

    @Test
    void aPacketIsHandedOverAgainWhenTheServerSaysSo() throws PartylineException {
        bench.message(1, new byte[64]);
        Carrier carrier = opened();
        CarriedMessage message = bench.now(1);
        assertFalse(carrier.isDue(message, 0));
        bench.due.add(message.ref(0));
        assertTrue(carrier.isDue(message, 0));
    }

    @Test
    void noTwoPacketsShareATransaction() throws PartylineException {
        assertFalse(opened().isShared());
    }
}
