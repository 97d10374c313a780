package org.partyline.kemmlkem768;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
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
        return Vectors.read("wycheproof.txt.gz").stream().map(line -> dynamicTest(line[0], () -> check(line)));
    }

    private void check(String[] line) throws KemKeyException {
        switch (line[0].split(" ")[0]) {
            case "keygen" -> assertEquals(line[2], hash(keyOf(line[1])));
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
            assertEquals(line[3], hash(made.ciphertext()));
            assertArrayEquals(Vectors.bytes(line[4]), made.secret().expose());
        }
    }

    private void decapsulated(String[] line) {
        try (SecretBytes seed = SecretBytes.wrap(Vectors.bytes(line[1]));
                SecretBytes secret = kem.decapsulate(seed, Vectors.bytes(line[3]))) {
            assertEquals(line[2], hash(kem.encapsulationKey(seed)));
            assertArrayEquals(Vectors.bytes(line[4]), secret.expose());
        }
    }

    private byte[] keyOf(String seed) {
        try (SecretBytes bytes = SecretBytes.wrap(Vectors.bytes(seed))) {
            return kem.encapsulationKey(bytes);
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
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
