package org.partyline.aeadchacha20poly1305;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** Known answers, one test each. */
class ChaCha20Poly1305VectorsTest {
    @TestFactory
    Stream<DynamicTest> theRfc8439VectorsHold() {
        return Vectors.read("rfc8439.txt").stream().map(ChaCha20Poly1305VectorsTest::test);
    }

    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return Vectors.read("wycheproof.txt").stream().map(ChaCha20Poly1305VectorsTest::test);
    }

    private static DynamicTest test(String[] fields) {
        return DynamicTest.dynamicTest(fields[0], () -> {
            AeadSuite suite = new ChaCha20Poly1305();
            byte[] key = Vectors.bytes(fields[1]);
            byte[] nonce = Vectors.bytes(fields[2]);
            byte[] data = Vectors.bytes(fields[3]);
            byte[] plaintext = Vectors.bytes(fields[4]);
            byte[] ciphertext = Vectors.bytes(fields[5]);
            switch (fields[6]) {
                case "opens" -> {
                    assertArrayEquals(plaintext, suite.open(key, nonce, data, ciphertext));
                    assertArrayEquals(ciphertext, suite.seal(key, nonce, data, plaintext));
                }
                case "refused" ->
                    assertThrows(AuthenticationFailedException.class, () -> suite.open(key, nonce, data, ciphertext));
                case "nonce" -> {
                    assertThrows(IllegalArgumentException.class, () -> suite.open(key, nonce, data, ciphertext));
                    assertThrows(IllegalArgumentException.class, () -> suite.seal(key, nonce, data, plaintext));
                }
                default -> throw new IllegalStateException("unknown verdict " + fields[6]);
            }
        });
    }
}
