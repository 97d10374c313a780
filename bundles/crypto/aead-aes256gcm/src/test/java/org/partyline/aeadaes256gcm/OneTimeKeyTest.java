package org.partyline.aeadaes256gcm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class OneTimeKeyTest {
    @Test
    void closingWipesTheVeryBytesThatTheCipherGot() {
        byte[] bytes = {1, 2, 3};
        try (AesKey key = new AesKey(bytes)) {
            assertSame(bytes, key.getEncoded());
        }
        assertArrayEquals(new byte[3], bytes);
    }
}
