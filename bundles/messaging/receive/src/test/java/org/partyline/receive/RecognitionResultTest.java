package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.partyline.messaging.chains.PacketOpener.Attempt;

class RecognitionResultTest {
    private static final Attempt NO_SUITE_OPENS_IT = new Attempt(null, false, false);
    private static final Attempt A_SUITE_IS_MISSING = new Attempt(null, true, false);
    private static final Attempt NOT_ALLOWED = new Attempt(null, true, true);

    @Test
    void whatNoSuiteOpensIsAStrangersAndACopyWhereItHasOurLocator() {
        assertEquals(RecognitionResult.STRANGER, RecognitionResult.of(NO_SUITE_OPENS_IT));
        assertEquals(RecognitionResult.FORGED, RecognitionResult.ofOurs(NO_SUITE_OPENS_IT));
    }

    @Test
    void whatASuiteIsMissingForWaits() {
        assertEquals(RecognitionResult.PARKED, RecognitionResult.of(A_SUITE_IS_MISSING));
        assertEquals(RecognitionResult.PARKED, RecognitionResult.ofOurs(A_SUITE_IS_MISSING));
    }

    @Test
    void whatIsNotAllowedIsRefusedWhateverIsMissing() {
        assertEquals(RecognitionResult.REFUSED, RecognitionResult.of(NOT_ALLOWED));
        assertEquals(RecognitionResult.REFUSED, RecognitionResult.ofOurs(NOT_ALLOWED));
    }

    @Test
    void ofSeveralChainsTheOneThatOpensCounts() {
        assertEquals(RecognitionResult.OPENED, RecognitionResult.STRANGER.or(RecognitionResult.OPENED));
        assertEquals(RecognitionResult.PARKED, RecognitionResult.PARKED.or(RecognitionResult.FORGED));
    }
}
