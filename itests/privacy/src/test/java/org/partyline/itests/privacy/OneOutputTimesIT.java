package org.partyline.itests.privacy;

import org.partyline.api.engine.Messages.Carrier;

/** The same where nodes carry one output only: what a block left out goes at once, at no point. */
class OneOutputTimesIT extends Times {
    OneOutputTimesIT() {
        super("rolling, one output, ", Carrier.ROLLING, 1);
    }
}
