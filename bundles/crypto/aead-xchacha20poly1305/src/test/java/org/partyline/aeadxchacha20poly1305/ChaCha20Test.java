package org.partyline.aeadxchacha20poly1305;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ChaCha20Test {
    private static final HexFormat HEX = HexFormat.of();

    /** draft-irtf-cfrg-xchacha-03, section 2.2.1. */
    @Test
    void theDraftsSubkeyComesOut() {
        byte[] key = HEX.parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        byte[] nonce = HEX.parseHex("000000090000004a00000000314159270000000000000000");
        assertEquals(
                "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc",
                HEX.formatHex(ChaCha20.subkey(key, nonce)));
    }

    @Test
    void onlyTheFirstSixteenNonceBytesCount() {
        byte[] key = new byte[32];
        byte[] longNonce = new byte[24];
        longNonce[16] = 1;
        assertEquals(HEX.formatHex(ChaCha20.subkey(key, new byte[24])), HEX.formatHex(ChaCha20.subkey(key, longNonce)));
    }

    @Test
    void theKeyStreamIsWipedAtTheEnd() {
        byte[] block;
        try (ChaCha20 cipher = new ChaCha20(new byte[32], new byte[24])) {
            block = cipher.nextBlock();
            assertNotEquals("00".repeat(64), HEX.formatHex(block));
        }
        assertEquals("00".repeat(64), HEX.formatHex(block));
    }
}
