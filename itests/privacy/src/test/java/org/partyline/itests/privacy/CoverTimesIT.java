package org.partyline.itests.privacy;

import org.partyline.api.engine.Messages.Carrier;

/**
 * With cover traffic the times of a server that talks and of one that is silent are the same process, and tell nothing of what waits.
 */
class CoverTimesIT extends Times {
    CoverTimesIT() {
        super("", Carrier.CONFIRM, 1);
    }
}
