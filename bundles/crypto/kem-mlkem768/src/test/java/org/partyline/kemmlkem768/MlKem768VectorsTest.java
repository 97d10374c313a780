package org.partyline.kemmlkem768;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KemKeyException;
import org.partyline.testkit.Vectors;

/** Known answers of Project Wycheproof, one test each. */
class MlKem768VectorsTest {
    private final MlKem768 kem = new MlKem768();

    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return Vectors.read("wycheproof.txt").stream().map(line -> dynamicTest(line[0], () -> check(line)));
    }

    private void check(String[] line) throws KemKeyException {
        switch (line[0].split(" ")[0]) {
            case "encaps" -> encapsulated(line);
            case "refused" ->
                assertThrows(KemKeyException.class, () -> kem.encapsulate(Vectors.bytes(line[1]), new SecureRandom()));
            case "decaps" -> decapsulated(line);
            case "length" ->
                assertThrows(
                        IllegalArgumentException.class,
                        () -> kem.decapsulate(SecretBytes.wrap(Vectors.bytes(line[1])), Vectors.bytes(line[2])));
            default -> throw new IllegalArgumentException(line[0]);
        }
    }

    private void encapsulated(String[] line) throws KemKeyException {
        try (Kem.Encapsulated made = kem.encapsulate(Vectors.bytes(line[1]), drawing(Vectors.bytes(line[2])))) {
            assertArrayEquals(Vectors.bytes(line[3]), made.ciphertext());
            assertArrayEquals(Vectors.bytes(line[4]), made.secret().expose());
        }
    }

    private void decapsulated(String[] line) {
        try (SecretBytes seed = SecretBytes.wrap(Vectors.bytes(line[1]));
                SecretBytes secret = kem.decapsulate(seed, Vectors.bytes(line[3]))) {
            assertArrayEquals(Vectors.bytes(line[2]), kem.encapsulationKey(seed));
            assertArrayEquals(Vectors.bytes(line[4]), secret.expose());
        }
    }

    private static SecureRandom drawing(byte[] m) {
        return new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(m, 0, bytes, 0, bytes.length);
            }
        };
    }
}
