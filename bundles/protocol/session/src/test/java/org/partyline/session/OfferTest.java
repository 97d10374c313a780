package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.session.HandshakeRefusedException;

class OfferTest {
    private static final AeadId SIXTH = new AeadId(6, "SIXTH", 12);
    private static final AeadId EIGHTH = new AeadId(8, "EIGHTH", 12);

    @Test
    void aSuiteOfAnotherBundleHasItsBit() throws Exception {
        Offer offer = Offer.of(Set.of(SIXTH, EIGHTH));
        assertEquals((byte) 0xa0, offer.bits());
        assertTrue(offer.contains(SIXTH));
        assertEquals(SIXTH, offer.lowest(List.of(EIGHTH, SIXTH)));
        assertEquals(EIGHTH, offer.choose(List.of(AeadId.AES_256_GCM, EIGHTH, SIXTH)));
        assertEquals(
                AeadId.AES_256_GCM, Offer.of(Set.of(AeadId.AES_256_GCM, SIXTH)).lowest(List.of(SIXTH)));
    }

    @Test
    void whatIsRefusedNamesTheSuitesThatWereOffered() {
        Offer offer = Offer.of(Set.of(AeadId.AES_256_GCM, AeadId.CHACHA20_POLY1305));
        HandshakeRefusedException refusal =
                assertThrows(HandshakeRefusedException.class, () -> offer.choose(List.of(AeadId.XCHACHA20_POLY1305)));
        assertEquals(
                "the handshake offers only suites that are not allowed here: AES_256_GCM, CHACHA20_POLY1305",
                refusal.getMessage());
    }

    @Test
    void whoDoesNotKnowItIsOfferedNothing() {
        Offer offer = Offer.of(Set.of(SIXTH));
        assertThrows(HandshakeRefusedException.class, () -> offer.lowest(AeadId.PROTOCOL));
        assertThrows(HandshakeRefusedException.class, () -> offer.choose(AeadId.PROTOCOL));
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 32, 33, 40, 200, 255})
    void aCodeWithoutABitCannotBeOffered(int code) {
        AeadId suite = new AeadId(code, "OTHER", 12);
        assertThrows(IllegalArgumentException.class, () -> Offer.of(Set.of(AeadId.AES_256_GCM, suite)));
        assertFalse(new Offer((byte) 0xff).contains(suite));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 9, 32, 33, 40, 255})
    void aCodeWithoutABitWasNotOffered(int code) {
        assertFalse(new Offer((byte) 0xff).contains(code));
        assertFalse(new Offer((byte) 0x80).contains(code));
    }
}
