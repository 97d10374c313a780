package org.partyline.aeadaes256eax;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.testkit.Vectors;

/** The paper's vectors have 16-byte keys: they check the mode beneath the suite. */
class EaxPaperTest {
    @TestFactory
    Stream<DynamicTest> thePapersVectorsHold() {
        return Vectors.read("eax-paper.txt").stream()
                .map(fields -> DynamicTest.dynamicTest(fields[0], () -> {
                    byte[] key = Vectors.bytes(fields[1]);
                    byte[] nonce = Vectors.bytes(fields[2]);
                    byte[] header = Vectors.bytes(fields[3]);
                    byte[] ciphertext = Vectors.bytes(fields[5]);
                    assertArrayEquals(Vectors.bytes(fields[4]), Aes256Eax.decrypt(key, nonce, header, ciphertext));
                    ciphertext[ciphertext.length - 1] ^= 1;
                    assertThrows(
                            AuthenticationFailedException.class,
                            () -> Aes256Eax.decrypt(key, nonce, header, ciphertext));
                    assertThrows(
                            IllegalArgumentException.class, () -> new Aes256Eax().open(key, nonce, header, ciphertext));
                }));
    }
}
