package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.partyline.engine.PacketOpener.Attempt;

class VerdictTest {
    private static final Attempt NO_SUITE_OPENS_IT = new Attempt(null, false, false);
    private static final Attempt A_SUITE_IS_MISSING = new Attempt(null, true, false);
    private static final Attempt NOT_ALLOWED = new Attempt(null, true, true);

    @Test
    void whatNoSuiteOpensIsAStrangersAndACopyWhereItHasOurLocator() {
        assertEquals(Verdict.STRANGER, Verdict.of(NO_SUITE_OPENS_IT));
        assertEquals(Verdict.FORGED, Verdict.ofOurs(NO_SUITE_OPENS_IT));
    }

    @Test
    void whatASuiteIsMissingForWaits() {
        assertEquals(Verdict.PARKED, Verdict.of(A_SUITE_IS_MISSING));
        assertEquals(Verdict.PARKED, Verdict.ofOurs(A_SUITE_IS_MISSING));
    }

    @Test
    void whatIsNotAllowedIsRefusedWhateverIsMissing() {
        assertEquals(Verdict.REFUSED, Verdict.of(NOT_ALLOWED));
        assertEquals(Verdict.REFUSED, Verdict.ofOurs(NOT_ALLOWED));
    }

    @Test
    void ofSeveralChainsTheOneThatOpensCounts() {
        assertEquals(Verdict.OPENED, Verdict.STRANGER.or(Verdict.OPENED));
        assertEquals(Verdict.PARKED, Verdict.PARKED.or(Verdict.FORGED));
    }
}
