package org.partyline.api.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class HkdfWipingTest {
    @Test
    void whatIsBetweenTheSecretAndTheKeyIsWiped() {
        byte[] secret = {1, 2, 3};
        byte[] info = {4};
        try (ArrayWatch watch = new ArrayWatch()) {
            Hkdf.derive(secret, new byte[] {5}, info, 80);
            List<byte[]> between = watch.seen().stream()
                    .filter(array -> array != secret && array != info && array.length > 0)
                    .toList();
            // The pseudorandom key, and three blocks, two of which were used as inputs again.
            assertEquals(6, between.size());
            between.forEach(array -> assertArrayEquals(new byte[array.length], array));
        }
    }
}
