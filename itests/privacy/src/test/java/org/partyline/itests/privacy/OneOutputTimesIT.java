package org.partyline.itests.privacy;

import org.partyline.api.engine.Messages.Carrier;

/** The same if nodes allow only one output: packets that a block left out leave at once, outside slots. */
class OneOutputTimesIT extends Times {
    OneOutputTimesIT() {
        super("rolling, one output, ", Carrier.ROLLING, 1);
    }
}
