package org.partyline.aeadchacha20poly1305;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.testkit.AeadVectors;

/** Known answers, one test each. */
class ChaCha20Poly1305VectorsTest {
    @TestFactory
    Stream<DynamicTest> theRfc8439VectorsHold() {
        return AeadVectors.tests(new ChaCha20Poly1305(), "rfc8439.txt");
    }

    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return AeadVectors.tests(new ChaCha20Poly1305(), "wycheproof.txt");
    }
}
