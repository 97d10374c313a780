package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/**
 * The contract of every {@link AeadSuite}, for every key and packet, with Bouncy Castle as the second implementation.
 */
public abstract class AeadSuiteContract {
    /** For values that do not matter to a test. */
    protected final Random random = new Random(20260101);

    private final AeadId id;
    /** The tested suite. */
    protected final AeadSuite suite;
    /** In bytes. */
    protected final int nonceLength;

    /** @param id the expected id of the suite */
    protected AeadSuiteContract(AeadId id, AeadSuite suite) {
        this.id = id;
        this.suite = suite;
        this.nonceLength = id.nonceLength();
    }

    /** Returns a new instance of Bouncy Castle's implementation of the same cipher. */
    protected abstract AEADCipher another();

    /** Returns a ciphertext with its tag. */
    protected final byte[] sealedByAnother(byte[] key, byte[] nonce, byte[] data, byte[] plaintext) throws Exception {
        AEADCipher cipher = another();
        cipher.init(true, new AEADParameters(new KeyParameter(key), 128, nonce, data));
        byte[] sealed = new byte[cipher.getOutputSize(plaintext.length)];
        int written = cipher.processBytes(plaintext, 0, plaintext.length, sealed, 0);
        cipher.doFinal(sealed, written);
        return sealed;
    }

    @Test
    void itSaysWhichCipherItIs() {
        assertEquals(id, suite.id());
    }

    @Test
    void itsCodeIsItsOwnOrTheProtocolsForIt() {
        assertTrue(id.code() >= 128 || AeadId.PROTOCOL.contains(id), id + ", code " + id.code());
    }

    @Test
    void itOpensWhatAnotherSealedAtEveryLength() throws Exception {
        for (int length = 0; length < 600; length++) {
            byte[] key = bytes(32);
            byte[] nonce = bytes(nonceLength);
            byte[] data = bytes(random.nextInt(40));
            byte[] plaintext = bytes(length);
            byte[] sealed = sealedByAnother(key, nonce, data, plaintext);
            assertArrayEquals(plaintext, suite.open(key, nonce, data, sealed));
        }
    }

    @Test
    void everyFlippedBitIsRefused() throws Exception {
        byte[] key = bytes(32);
        byte[] nonce = bytes(nonceLength);
        byte[] data = bytes(11);
        byte[] plaintext = bytes(39);
        byte[] sealed = sealedByAnother(key, nonce, data, plaintext);
        for (byte[] part : List.of(key, nonce, data, sealed)) {
            for (int bit = 0; bit < 8 * part.length; bit++) {
                part[bit / 8] ^= (byte) (1 << bit % 8);
                assertThrows(AuthenticationFailedException.class, () -> suite.open(key, nonce, data, sealed));
                part[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
        assertArrayEquals(plaintext, suite.open(key, nonce, data, sealed));
    }

    @Test
    void everyTruncationAndExtensionIsRefused() throws Exception {
        byte[] key = bytes(32);
        byte[] nonce = bytes(nonceLength);
        byte[] data = bytes(11);
        byte[] plaintext = bytes(39);
        byte[] sealed = sealedByAnother(key, nonce, data, plaintext);
        for (int length = 0; length < sealed.length + 20; length++) {
            if (length != sealed.length) {
                byte[] other = Arrays.copyOf(sealed, length);
                assertThrows(AuthenticationFailedException.class, () -> suite.open(key, nonce, data, other));
            }
        }
    }

    @Test
    void aRefusalTellsNothing() {
        AuthenticationFailedException refusal = assertThrows(
                AuthenticationFailedException.class,
                () -> suite.open(bytes(32), bytes(nonceLength), new byte[0], bytes(64)));
        assertNull(refusal.getCause());
        assertEquals("the packet fails authentication", refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 31, 33, 64})
    void openingRefusesAKeyOfAnotherLengthWhateverItOpens(int length) {
        for (int ciphertext : new int[] {0, 15, 16, 64}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> suite.open(new byte[length], new byte[nonceLength], new byte[0], new byte[ciphertext]));
        }
    }

    @Test
    void openingRefusesEveryNonceOfAnotherLength() {
        for (int length = 0; length < 40; length++) {
            if (length != nonceLength) {
                byte[] nonce = new byte[length];
                assertThrows(
                        IllegalArgumentException.class,
                        () -> suite.open(new byte[32], nonce, new byte[0], new byte[64]));
            }
        }
    }

    @Test
    void itLeavesItsInputsAsTheyWere() throws Exception {
        byte[] key = bytes(32);
        byte[] nonce = bytes(nonceLength);
        byte[] data = bytes(9);
        byte[] plaintext = bytes(50);
        List<byte[]> before = List.of(key.clone(), nonce.clone(), data.clone(), plaintext.clone());
        byte[] sealed = sealedByAnother(key, nonce, data, plaintext);
        byte[] sealedBefore = sealed.clone();
        suite.open(key, nonce, data, sealed);
        assertArrayEquals(before.toArray(), new Object[] {key, nonce, data, plaintext});
        assertArrayEquals(sealedBefore, sealed);
    }

    @Test
    void twoThreadsUseOneInstanceAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CyclicBarrier start = new CyclicBarrier(2);
            List<Future<Integer>> results = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                int seed = thread;
                Callable<Integer> work = () -> {
                    start.await();
                    return roundTrips(new Random(seed));
                };
                results.add(threads.submit(work));
            }
            for (Future<Integer> result : results) {
                assertEquals(2000, result.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private int roundTrips(Random source) throws Exception {
        int good = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] key = bytes(source, 32);
            byte[] nonce = bytes(source, nonceLength);
            byte[] data = bytes(source, 12);
            byte[] plaintext = bytes(source, source.nextInt(80));
            byte[] sealed = sealedByAnother(key, nonce, data, plaintext);
            assertArrayEquals(plaintext, suite.open(key, nonce, data, sealed));
            good++;
        }
        return good;
    }

    /** Returns random bytes. */
    protected final byte[] bytes(int length) {
        return bytes(random, length);
    }

    private static byte[] bytes(Random source, int length) {
        byte[] bytes = new byte[length];
        source.nextBytes(bytes);
        return bytes;
    }
}
