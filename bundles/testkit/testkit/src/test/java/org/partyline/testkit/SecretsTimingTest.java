package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.partyline.api.SecretBytes;

/** Checks that the comparison of secrets does not leak how many bytes agree, and that such a leak would be found. */
@EnabledIfSystemProperty(named = "timing", matches = "true", disabledReason = "measured every night: -Dtiming=true")
class SecretsTimingTest {
    private static final int BATCH = 200;

    private final byte[] secret = new byte[32];
    /** Guesses with no correct byte, and with only the last byte wrong. */
    private final byte[][] guesses = new byte[2][];

    SecretsTimingTest() {
        new SecureRandom().nextBytes(secret);
        for (int kind = 0; kind < 2; kind++) {
            guesses[kind] = secret.clone();
            guesses[kind][kind == 0 ? 0 : 31] ^= 1;
        }
    }

    @Test
    void equalityOfSecretsDoesNotTellHowMuchAgrees() {
        SecretBytes own = SecretBytes.copyOf(secret);
        SecretBytes[] others = {SecretBytes.copyOf(guesses[0]), SecretBytes.copyOf(guesses[1])};
        assertFalse(LeakTiming.of("SecretBytes.equals", BATCH, kind -> own.equals(others[kind]))
                .leaks());
    }

    /** A comparison that stops at the first difference, as nobody should implement it. */
    @Test
    void aPlantedLeakIsFound() {
        assertTrue(LeakTiming.of("a leak", BATCH, kind -> stopsEarly(secret, guesses[kind]))
                .leaks());
    }

    private static Boolean stopsEarly(byte[] one, byte[] other) {
        for (int i = 0; i < one.length; i++) {
            if (one[i] != other[i]) {
                return false;
            }
        }
        return true;
    }
}
