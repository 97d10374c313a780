package org.partyline.itests.privacy;

import org.partyline.api.engine.Messages.Carrier;

/**
 * The same on the rolling carrier: when the next version is sent tells nothing of what waits, though versions keep a
 * distance and packets ride again after blocks.
 */
class RollingTimesIT extends Times {
    RollingTimesIT() {
        super("rolling, ", Carrier.ROLLING, 3);
    }
}
