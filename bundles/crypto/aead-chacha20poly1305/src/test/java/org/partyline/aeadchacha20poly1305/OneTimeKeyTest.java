package org.partyline.aeadchacha20poly1305;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class OneTimeKeyTest {
    @Test
    void closingWipesTheVeryBytesThatTheCipherGot() {
        byte[] bytes = {1, 2, 3};
        try (ChaCha20Key key = new ChaCha20Key(bytes)) {
            assertSame(bytes, key.getEncoded());
        }
        assertArrayEquals(new byte[3], bytes);
    }
}
