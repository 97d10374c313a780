package org.partyline.aeadxchacha20poly1305;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** What must hold for every key and packet, with Bouncy Castle as the second opinion. */
class XChaCha20Poly1305Test {
    private static final int NONCE = AeadId.XCHACHA20_POLY1305.nonceLength();

    private final Random random = new Random(20260101);
    private final AeadSuite suite = new XChaCha20Poly1305();

    @Test
    void itSaysWhichCipherItIs() {
        assertEquals(AeadId.XCHACHA20_POLY1305, suite.id());
    }

    @Test
    void itAgreesWithBouncyCastleAtEveryLength() throws Exception {
        for (int length = 0; length < 600; length++) {
            byte[] key = bytes(32);
            byte[] nonce = bytes(NONCE);
            byte[] data = bytes(random.nextInt(40));
            byte[] plaintext = bytes(length);
            byte[] sealed = suite.seal(key, nonce, data, plaintext);
            assertArrayEquals(oracleSeal(key, nonce, data, plaintext), sealed);
            assertArrayEquals(plaintext, suite.open(key, nonce, data, sealed));
        }
    }

    @Test
    void everyFlippedBitIsRefused() throws Exception {
        byte[] key = bytes(32);
        byte[] nonce = bytes(NONCE);
        byte[] data = bytes(11);
        byte[] plaintext = bytes(39);
        byte[] sealed = suite.seal(key, nonce, data, plaintext);
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
        byte[] nonce = bytes(NONCE);
        byte[] data = bytes(11);
        byte[] plaintext = bytes(39);
        byte[] sealed = suite.seal(key, nonce, data, plaintext);
        for (int length = 0; length < sealed.length + 20; length++) {
            if (length != sealed.length) {
                byte[] other = java.util.Arrays.copyOf(sealed, length);
                assertThrows(AuthenticationFailedException.class, () -> suite.open(key, nonce, data, other));
            }
        }
    }

    @Test
    void aRefusalTellsNothing() {
        AuthenticationFailedException refusal = assertThrows(
                AuthenticationFailedException.class, () -> suite.open(bytes(32), bytes(NONCE), new byte[0], bytes(64)));
        assertNull(refusal.getCause());
        assertEquals("the packet does not authenticate", refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 31, 33, 64})
    void openingRefusesAKeyOfAnotherLength(int length) {
        assertThrows(
                IllegalArgumentException.class,
                () -> suite.open(new byte[length], new byte[NONCE], new byte[0], new byte[64]));
    }

    @Test
    void openingRefusesEveryNonceOfAnotherLength() {
        for (int length = 0; length < 40; length++) {
            if (length != NONCE) {
                byte[] nonce = new byte[length];
                assertThrows(
                        IllegalArgumentException.class,
                        () -> suite.open(new byte[32], nonce, new byte[0], new byte[64]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 31, 33, 64})
    void sealingRefusesAKeyOfAnotherLength(int length) {
        assertThrows(
                IllegalArgumentException.class,
                () -> suite.seal(new byte[length], new byte[NONCE], new byte[0], new byte[8]));
    }

    @Test
    void sealingRefusesEveryNonceOfAnotherLength() {
        for (int length = 0; length < 40; length++) {
            if (length != NONCE) {
                byte[] nonce = new byte[length];
                assertThrows(
                        IllegalArgumentException.class,
                        () -> suite.seal(new byte[32], nonce, new byte[0], new byte[8]));
            }
        }
    }

    @Test
    void itLeavesItsInputsAsTheyWere() throws Exception {
        byte[] key = bytes(32);
        byte[] nonce = bytes(NONCE);
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
        byte[] nonce = bytes(NONCE);
        byte[] first = suite.seal(key, nonce, new byte[0], new byte[40]);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(first, suite.seal(key, nonce, new byte[0], new byte[40]));
            assertArrayEquals(new byte[40], suite.open(key, nonce, new byte[0], first));
        }
    }

    /** A platform that keeps a copy of the subkey refuses to begin with it again; ours is wiped by then. */
    @Test
    void aCipherThatRefusesToBeginAgainIsReplaced() throws Exception {
        XChaCha20Poly1305 xchacha = new XChaCha20Poly1305();
        SecretKeySpec subkey = new SecretKeySpec(bytes(32), "ChaCha20");
        IvParameterSpec nonce = new IvParameterSpec(bytes(12));
        Cipher first = xchacha.cipher(Cipher.ENCRYPT_MODE, subkey, nonce);
        byte[] sealed = first.doFinal(new byte[40]);
        assertThrows(InvalidKeyException.class, () -> first.init(Cipher.ENCRYPT_MODE, subkey, nonce));
        Cipher second = xchacha.cipher(Cipher.ENCRYPT_MODE, subkey, nonce);
        assertNotSame(first, second);
        assertArrayEquals(sealed, second.doFinal(new byte[40]));
    }

    @Test
    void anAllZeroKeyIsAKeyLikeAnyOther() throws Exception {
        byte[] key = new byte[32];
        byte[] nonce = new byte[NONCE];
        for (int i = 0; i < 3; i++) {
            byte[] sealed = suite.seal(key, nonce, new byte[0], new byte[] {1});
            assertArrayEquals(oracleSeal(key, nonce, new byte[0], new byte[] {1}), sealed);
            assertArrayEquals(new byte[] {1}, suite.open(key, nonce, new byte[0], sealed));
        }
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
            byte[] nonce = bytes(source, NONCE);
            byte[] data = bytes(source, 12);
            byte[] plaintext = bytes(source, source.nextInt(80));
            byte[] sealed = suite.seal(key, nonce, data, plaintext);
            assertArrayEquals(plaintext, suite.open(key, nonce, data, sealed));
            good++;
        }
        return good;
    }

    private byte[] bytes(int length) {
        return bytes(random, length);
    }

    private static byte[] bytes(Random source, int length) {
        byte[] bytes = new byte[length];
        source.nextBytes(bytes);
        return bytes;
    }

    private static byte[] oracleSeal(byte[] key, byte[] nonce, byte[] data, byte[] plaintext) throws Exception {
        var cipher = new org.bouncycastle.crypto.modes.XChaCha20Poly1305();
        cipher.init(true, new AEADParameters(new KeyParameter(key), 128, nonce, data));
        byte[] sealed = new byte[cipher.getOutputSize(plaintext.length)];
        int written = cipher.processBytes(plaintext, 0, plaintext.length, sealed, 0);
        cipher.doFinal(sealed, written);
        return sealed;
    }
}
