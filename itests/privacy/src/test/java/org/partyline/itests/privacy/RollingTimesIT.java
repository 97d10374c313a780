package org.partyline.itests.privacy;

import org.partyline.api.engine.Messages.Carrier;

/**
 * The same on the rolling carrier: the time of the next version reveals nothing about waiting packets, although
 * versions keep a distance and packets are carried again after blocks.
 */
class RollingTimesIT extends Times {
    RollingTimesIT() {
        super("rolling, ", Carrier.ROLLING, 3);
    }
}
