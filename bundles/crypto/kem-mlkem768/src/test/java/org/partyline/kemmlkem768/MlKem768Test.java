package org.partyline.kemmlkem768;

import org.partyline.testkit.KemContract;

class MlKem768Test extends KemContract {
    MlKem768Test() {
        super(new MlKem768());
    }
}
