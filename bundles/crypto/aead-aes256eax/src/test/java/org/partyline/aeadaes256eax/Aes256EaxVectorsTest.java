package org.partyline.aeadaes256eax;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.testkit.AeadVectors;

/** Known answers, one test each. */
class Aes256EaxVectorsTest {
    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return AeadVectors.tests(new Aes256Eax(), "wycheproof.txt");
    }
}
