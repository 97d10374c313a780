package org.partyline.aeadxchacha20poly1305;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** Known answers, one test each. */
class XChaCha20Poly1305VectorsTest {
    @TestFactory
    Stream<DynamicTest> theDraftsVectorHolds() {
        return Vectors.read("draft-irtf-cfrg-xchacha-03.txt").stream().map(XChaCha20Poly1305VectorsTest::test);
    }

    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return Vectors.read("wycheproof.txt").stream().map(XChaCha20Poly1305VectorsTest::test);
    }

    private static DynamicTest test(String[] fields) {
        return DynamicTest.dynamicTest(fields[0], () -> {
            AeadSuite suite = new XChaCha20Poly1305();
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
