package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.testkit.LeakTiming;

/** Whether the duration of looking up a locator reveals to a guessing stranger how close a guess is. */
@EnabledIfSystemProperty(named = "timing", matches = "true", disabledReason = "measured every night: -Dtiming=true")
class LocatorTimingTest {
    private static final int EXPECTED = 4096;

    private final SecureRandom random = new SecureRandom();
    private int next;

    @Test
    void lookingUpALocatorDoesNotTellHowMuchOfItIsExpected() {
        PrimitiveLocatorTable table = new PrimitiveLocatorTable();
        long[][] guesses = new long[2][EXPECTED];
        for (int i = 0; i < EXPECTED; i++) {
            long expected = random.nextLong();
            table.add(expected, i, 0);
            guesses[0][i] = expected ^ 1;
            guesses[1][i] = random.nextLong();
        }
        assertFalse(LeakTiming.of("LocatorTable.find", 100, kind -> {
                    next = next + 1 & EXPECTED - 1;
                    return table.find(guesses[kind][next], (chain, position) -> {}) == 0 ? null : table;
                })
                .leaks());
    }

    @Test
    void testingALocatorOfAChannelDoesNotTellHowMuchOfItsProofIsRight() {
        MidstateBeaconTable table = new MidstateBeaconTable();
        byte[] beacon = new byte[32];
        random.nextBytes(beacon);
        table.add(1, SecretBytes.copyOf(beacon));
        byte[][] packets = new byte[2][64];
        byte[] r = new byte[8];
        random.nextBytes(r);
        byte[] proof = Hkdf.hmac(beacon, r);
        for (int kind = 0; kind < 2; kind++) {
            ByteBuffer.wrap(packets[kind]).put((byte) 2).put(r).put(proof, 0, 8);
            packets[kind][9 + 7 * kind] ^= 1;
        }
        assertFalse(LeakTiming.of("BeaconTable.match", 10, kind -> table.match(packets[kind]) < 0 ? null : table)
                .leaks());
    }
}
