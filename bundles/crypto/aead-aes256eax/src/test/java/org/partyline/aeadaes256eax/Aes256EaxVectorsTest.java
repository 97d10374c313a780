package org.partyline.aeadaes256eax;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** Known answers, one test each. */
class Aes256EaxVectorsTest {
    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return Vectors.read("wycheproof.txt").stream().map(Aes256EaxVectorsTest::test);
    }

    private static DynamicTest test(String[] fields) {
        return DynamicTest.dynamicTest(fields[0], () -> {
            AeadSuite suite = new Aes256Eax();
            byte[] key = Vectors.bytes(fields[1]);
            byte[] nonce = Vectors.bytes(fields[2]);
            byte[] data = Vectors.bytes(fields[3]);
            byte[] plaintext = Vectors.bytes(fields[4]);
            byte[] ciphertext = Vectors.bytes(fields[5]);
            switch (fields[6]) {
                case "opens" -> {
                    assertArrayEquals(plaintext, suite.open(key, nonce, data, ciphertext));
                }
                case "refused" ->
                    assertThrows(AuthenticationFailedException.class, () -> suite.open(key, nonce, data, ciphertext));
                default -> throw new IllegalStateException("unknown verdict " + fields[6]);
            }
        });
    }
}
