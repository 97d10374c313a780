package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/**
 * Known answers of a cipher, one test each. A line contains a name, key, nonce, data, plaintext, ciphertext with its
 * tag, and a verdict.
 */
public final class AeadVectors {
    private AeadVectors() {}

    /** @param file under {@code /vectors} */
    public static Stream<DynamicTest> tests(AeadSuite suite, String file) {
        return Vectors.read(file).stream().map(fields -> test(suite, fields));
    }

    private static DynamicTest test(AeadSuite suite, String[] fields) {
        return DynamicTest.dynamicTest(fields[0], () -> {
            byte[] key = Vectors.bytes(fields[1]);
            byte[] nonce = Vectors.bytes(fields[2]);
            byte[] data = Vectors.bytes(fields[3]);
            byte[] plaintext = Vectors.bytes(fields[4]);
            byte[] ciphertext = Vectors.bytes(fields[5]);
            switch (fields[6]) {
                case "opens" -> {
                    assertArrayEquals(plaintext, suite.open(key, nonce, data, ciphertext));
                    if (suite.id().seals()) {
                        assertArrayEquals(ciphertext, suite.seal(key, nonce, data, plaintext));
                    }
                }
                case "refused" ->
                    assertThrows(AuthenticationFailedException.class, () -> suite.open(key, nonce, data, ciphertext));
                case "nonce" -> {
                    assertThrows(IllegalArgumentException.class, () -> suite.open(key, nonce, data, ciphertext));
                    if (suite.id().seals()) {
                        assertThrows(IllegalArgumentException.class, () -> suite.seal(key, nonce, data, plaintext));
                    }
                }
                default -> throw new IllegalStateException("unknown verdict " + fields[6]);
            }
        });
    }
}
