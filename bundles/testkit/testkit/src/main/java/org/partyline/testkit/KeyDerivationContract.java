package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** The contract of every {@link KeyDerivation}. */
public abstract class KeyDerivationContract {
    /** For values that do not matter to a test. */
    protected final Random random = new Random(20260101);
    /** The tested derivation. */
    protected final KeyDerivation kdf;

    private final KdfParameters cheap;
    private final KdfParameters foreign;

    /**
     * @param cheap parameters that need no time
     * @param foreign parameters of another derivation
     */
    protected KeyDerivationContract(KeyDerivation kdf, KdfParameters cheap, KdfParameters foreign) {
        this.kdf = kdf;
        this.cheap = cheap;
        this.foreign = foreign;
    }

    @Test
    void itSaysWhichDerivationItIs() {
        assertEquals(cheap.id(), kdf.id());
    }

    @Test
    void itsCodeIsItsOwnOrTheProtocolsForIt() {
        assertTrue(
                kdf.id().code() >= 128 || KdfId.PROTOCOL.contains(kdf.id()),
                kdf.id() + ", code " + kdf.id().code());
    }

    @Test
    void itsDefaultsAreItsOwnAndWithinItsLimits() {
        assertEquals(kdf.id(), kdf.defaults().id());
        kdf.requireLimits(kdf.defaults());
    }

    @Test
    void parametersOfAnotherDerivationAreRefused() {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> kdf.derive(new byte[8], new byte[16], foreign, 32));
        assertEquals(
                "key derivation: these are parameters of " + foreign.id() + ", not of " + cheap.id(),
                refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 65})
    void aSaltOfAnotherLengthIsRefused(int length) {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> kdf.derive(new byte[8], new byte[length], cheap, 32));
        assertEquals("key derivation: the salt must be 8 to 64 bytes, not " + length, refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 15, 65})
    void anOutputOfAnotherLengthIsRefused(int length) {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> kdf.derive(new byte[8], new byte[16], cheap, length));
        assertEquals("key derivation: the output must be 16 to 64 bytes, not " + length, refusal.getMessage());
    }

    @Test
    void theShortestAndTheLongestSaltAndOutputAreAllowed() {
        for (int[] lengths : new int[][] {{8, 16}, {64, 64}}) {
            try (SecretBytes key = kdf.derive(new byte[8], new byte[lengths[0]], cheap, lengths[1])) {
                assertEquals(lengths[1], key.expose().length);
            }
        }
    }

    @Test
    void theSecretAndTheSaltStayTheCallers() {
        byte[] secret = bytes(20);
        byte[] salt = bytes(16);
        byte[] secretBefore = secret.clone();
        byte[] saltBefore = salt.clone();
        kdf.derive(secret, salt, cheap, 32).close();
        assertArrayEquals(secretBefore, secret);
        assertArrayEquals(saltBefore, salt);
    }

    @Test
    void everyBitOfSecretAndSaltMatters() {
        byte[] secret = bytes(3);
        byte[] salt = bytes(8);
        Set<String> keys = new HashSet<>();
        keys.add(key(secret, salt));
        for (byte[] part : List.of(secret, salt)) {
            for (int i = 0; i < part.length; i++) {
                part[i] ^= 1;
                keys.add(key(secret, salt));
                part[i] ^= 1;
            }
        }
        assertEquals(1 + secret.length + salt.length, keys.size());
    }

    @Test
    void twoThreadsUseOneInstanceAtOnce() throws Exception {
        byte[][] secrets = {bytes(9), bytes(12)};
        String[] expected = {key(secrets[0], new byte[16]), key(secrets[1], new byte[16])};
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CyclicBarrier start = new CyclicBarrier(2);
            List<Future<Boolean>> results = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                int index = thread;
                Callable<Boolean> work = () -> {
                    start.await();
                    boolean same = true;
                    for (int i = 0; i < 5; i++) {
                        same &= expected[index].equals(key(secrets[index], new byte[16]));
                    }
                    return same;
                };
                results.add(threads.submit(work));
            }
            for (Future<Boolean> result : results) {
                assertTrue(result.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private String key(byte[] secret, byte[] salt) {
        try (SecretBytes key = kdf.derive(secret, salt, cheap, 32)) {
            return HexFormat.of().formatHex(key.expose());
        }
    }

    /** Returns random bytes. */
    protected final byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
