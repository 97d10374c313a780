package org.partyline.itests.privacy;

import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Carrier;

/**
 * With cover traffic the times of a server that talks and of one that is silent are the same process, and tell nothing
 * of what waits.
 */
class CoverTimesIT extends Times {
    CoverTimesIT() {
        super("", Carrier.CONFIRM, 1);
    }

    /** What is no claim, but a limit: there was more time to write something in a long pause. */
    @Test
    void theLongerThePauseTheLikelierThatSomethingWasWritten() {
        Figures.over(
                "(b)",
                "a limit: the pause before a packet tells whether it says something: AUC",
                talking().pauseTells(),
                0.55);
    }
}
