package org.partyline.api.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class OneTimeKeyTest {
    @Test
    void closingWipesTheVeryBytesThatTheCipherGot() {
        byte[] bytes = {1, 2, 3};
        try (OneTimeKey key = new OneTimeKey("AES", bytes)) {
            assertSame(bytes, key.getEncoded());
        }
        assertArrayEquals(new byte[3], bytes);
    }
}
