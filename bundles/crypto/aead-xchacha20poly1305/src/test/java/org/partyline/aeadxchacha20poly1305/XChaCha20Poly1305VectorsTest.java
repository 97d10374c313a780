package org.partyline.aeadxchacha20poly1305;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.testkit.AeadVectors;

/** Known answers, one test each. */
class XChaCha20Poly1305VectorsTest {
    @TestFactory
    Stream<DynamicTest> theDraftsVectorHolds() {
        return AeadVectors.tests(new XChaCha20Poly1305(), "draft-irtf-cfrg-xchacha-03.txt");
    }

    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return AeadVectors.tests(new XChaCha20Poly1305(), "wycheproof.txt");
    }
}
