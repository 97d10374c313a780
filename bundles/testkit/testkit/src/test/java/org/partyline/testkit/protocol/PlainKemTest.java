package org.partyline.testkit.protocol;

import org.partyline.testkit.KemContract;

class PlainKemTest extends KemContract {
    PlainKemTest() {
        super(new PlainKem());
    }
}
