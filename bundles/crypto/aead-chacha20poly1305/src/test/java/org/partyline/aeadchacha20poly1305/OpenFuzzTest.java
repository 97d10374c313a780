package org.partyline.aeadchacha20poly1305;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** For any input from the network, opening returns a plaintext or throws an exception that its interface declares. */
class OpenFuzzTest {
    private static final int NONCE = new ChaCha20Poly1305().id().nonceLength();

    private final AeadSuite suite = new ChaCha20Poly1305();

    @FuzzTest(maxDuration = "10m")
    void openingThrowsOnlyWhatItDocuments(byte[] input) {
        byte[] key = Arrays.copyOfRange(input, 0, Math.min(32, input.length));
        byte[] rest = Arrays.copyOfRange(input, key.length, input.length);
        byte[] nonce = Arrays.copyOfRange(rest, 0, Math.min(NONCE, rest.length));
        rest = Arrays.copyOfRange(rest, nonce.length, rest.length);
        int dataLength = rest.length == 0 ? 0 : Math.min(rest[0] & 0xff, rest.length - 1);
        byte[] data = rest.length == 0 ? rest : Arrays.copyOfRange(rest, 1, 1 + dataLength);
        byte[] ciphertext = rest.length == 0 ? rest : Arrays.copyOfRange(rest, 1 + dataLength, rest.length);
        byte[] plaintext;
        try {
            plaintext = suite.open(key, nonce, data, ciphertext);
        } catch (AuthenticationFailedException e) {
            return;
        } catch (IllegalArgumentException e) {
            assertTrue(key.length != 32 || nonce.length != NONCE, "lengths were right: " + e.getMessage());
            return;
        }
        assertArrayEquals(ciphertext, suite.seal(key, nonce, data, plaintext));
    }
}
