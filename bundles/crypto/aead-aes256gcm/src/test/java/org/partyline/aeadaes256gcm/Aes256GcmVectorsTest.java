package org.partyline.aeadaes256gcm;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.testkit.AeadVectors;

/** Known answers, one test each. */
class Aes256GcmVectorsTest {
    @TestFactory
    Stream<DynamicTest> theNistVectorsHold() {
        return AeadVectors.tests(new Aes256Gcm(), "nist.txt");
    }

    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return AeadVectors.tests(new Aes256Gcm(), "wycheproof.txt");
    }
}
