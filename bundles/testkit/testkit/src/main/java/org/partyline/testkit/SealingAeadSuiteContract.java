package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;

/** The contract of every {@link AeadSuite} that also seals. */
public abstract class SealingAeadSuiteContract extends AeadSuiteContract {
    private static final int OFTEN = 60_000;

    /** @param id the expected id of the suite */
    protected SealingAeadSuiteContract(AeadId id, AeadSuite suite) {
        super(id, suite);
    }

    @Test
    void itSealsAsAnotherDoesAtEveryLength() throws Exception {
        for (int length = 0; length < 600; length++) {
            byte[] key = bytes(32);
            byte[] nonce = bytes(nonceLength);
            byte[] data = bytes(random.nextInt(40));
            byte[] plaintext = bytes(length);
            byte[] sealed = suite.seal(key, nonce, data, plaintext);
            assertArrayEquals(sealedByAnother(key, nonce, data, plaintext), sealed);
            assertArrayEquals(plaintext, suite.open(key, nonce, data, sealed));
        }
    }

    /** The JIT compiler of Java 17.0.21 miscompiles some loops once they have run often enough. */
    @Test
    void itSealsAsAnotherDoesOnceItIsCompiled() throws Exception {
        byte[] data = bytes(11);
        for (int i = 0; i < OFTEN; i++) {
            byte[] key = bytes(32);
            byte[] nonce = bytes(nonceLength);
            byte[] plaintext = bytes(55);
            byte[] sealed = suite.seal(key, nonce, data, plaintext);
            assertArrayEquals(sealedByAnother(key, nonce, data, plaintext), sealed);
            assertArrayEquals(plaintext, suite.open(key, nonce, data, sealed));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 31, 33, 64})
    void sealingRefusesAKeyOfAnotherLength(int length) {
        assertThrows(
                IllegalArgumentException.class,
                () -> suite.seal(new byte[length], new byte[nonceLength], new byte[0], new byte[8]));
    }

    @Test
    void sealingRefusesEveryNonceOfAnotherLength() {
        for (int length = 0; length < 40; length++) {
            if (length != nonceLength) {
                byte[] nonce = new byte[length];
                assertThrows(
                        IllegalArgumentException.class,
                        () -> suite.seal(new byte[32], nonce, new byte[0], new byte[8]));
            }
        }
    }

    @Test
    void sealingLeavesItsInputsAsTheyWere() throws Exception {
        byte[] key = bytes(32);
        byte[] nonce = bytes(nonceLength);
        byte[] data = bytes(9);
        byte[] plaintext = bytes(50);
        List<byte[]> before = List.of(key.clone(), nonce.clone(), data.clone(), plaintext.clone());
        byte[] sealed = suite.seal(key, nonce, data, plaintext);
        byte[] sealedBefore = sealed.clone();
        suite.open(key, nonce, data, sealed);
        assertArrayEquals(before.toArray(), new Object[] {key, nonce, data, plaintext});
        assertArrayEquals(sealedBefore, sealed);
    }

    @Test
    void theSamePacketIsSealedAndOpenedAgainAndAgain() throws Exception {
        byte[] key = bytes(32);
        byte[] nonce = bytes(nonceLength);
        byte[] first = suite.seal(key, nonce, new byte[0], new byte[40]);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(first, suite.seal(key, nonce, new byte[0], new byte[40]));
            assertArrayEquals(new byte[40], suite.open(key, nonce, new byte[0], first));
        }
    }

    @Test
    void anAllZeroKeyIsAKeyLikeAnyOther() throws Exception {
        byte[] key = new byte[32];
        byte[] nonce = new byte[nonceLength];
        for (int i = 0; i < 3; i++) {
            byte[] sealed = suite.seal(key, nonce, new byte[0], new byte[] {1});
            assertArrayEquals(sealedByAnother(key, nonce, new byte[0], new byte[] {1}), sealed);
            assertArrayEquals(new byte[] {1}, suite.open(key, nonce, new byte[0], sealed));
        }
    }
}
