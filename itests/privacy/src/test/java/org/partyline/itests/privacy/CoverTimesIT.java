package org.partyline.itests.privacy;

import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Carrier;

/**
 * Checks that with cover traffic the times of a server that talks and of one that is silent are the same process, and
 * reveal nothing about waiting packets.
 */
class CoverTimesIT extends Times {
    CoverTimesIT() {
        super("", Carrier.CONFIRM, 1);
    }

    /** A limit, not a claim: during a long pause, there was more time to write something. */
    @Test
    void theLongerThePauseTheLikelierThatSomethingWasWritten() {
        Figures.over(
                "(b)",
                "a limit: the pause before a packet tells whether it says something: AUC",
                talking().pauseTells(),
                0.55);
    }
}
