package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KemKeyException;

/** The contract of every {@link Kem}, for every key. */
public abstract class KemContract {
    private static final int ROUNDS = 50;

    private final Random random = new Random(20260101);
    private final SecureRandom secure = new SecureRandom();
    private final Kem kem;

    /** @param kem the tested one */
    protected KemContract(Kem kem) {
        this.kem = kem;
    }

    @Test
    void bothSidesGetTheSameSecret() throws KemKeyException {
        for (int i = 0; i < ROUNDS; i++) {
            SecretBytes seed = seed();
            byte[] key = kem.encapsulationKey(seed);
            assertEquals(Kem.KEY_LENGTH, key.length);
            try (Kem.Encapsulated made = kem.encapsulate(key, secure)) {
                assertEquals(Kem.CIPHERTEXT_LENGTH, made.ciphertext().length);
                assertEquals(Kem.SECRET_LENGTH, made.secret().length());
                assertEquals(made.secret(), kem.decapsulate(seed, made.ciphertext()));
            }
        }
    }

    @Test
    void aSeedAlwaysGivesTheSameKey() {
        SecretBytes seed = seed();
        assertArrayEquals(kem.encapsulationKey(seed), kem.encapsulationKey(seed));
    }

    @Test
    void twoEncapsulationsForOneKeyDiffer() throws KemKeyException {
        byte[] key = kem.encapsulationKey(seed());
        try (Kem.Encapsulated one = kem.encapsulate(key, secure);
                Kem.Encapsulated other = kem.encapsulate(key, secure)) {
            assertNotEquals(one.secret(), other.secret());
            assertFalse(Arrays.equals(one.ciphertext(), other.ciphertext()));
        }
    }

    @Test
    void aChangedCiphertextGivesAnotherSecretAndAlwaysTheSame() throws KemKeyException {
        SecretBytes seed = seed();
        try (Kem.Encapsulated made = kem.encapsulate(kem.encapsulationKey(seed), secure)) {
            byte[] changed = made.ciphertext().clone();
            changed[random.nextInt(changed.length)] ^= 1;
            SecretBytes rejected = kem.decapsulate(seed, changed);
            assertNotEquals(made.secret(), rejected);
            assertEquals(rejected, kem.decapsulate(seed, changed));
        }
    }

    @Test
    void anotherKeyPairGetsAnotherSecret() throws KemKeyException {
        try (Kem.Encapsulated made = kem.encapsulate(kem.encapsulationKey(seed()), secure)) {
            assertNotEquals(made.secret(), kem.decapsulate(seed(), made.ciphertext()));
        }
    }

    @Test
    void aCoefficientOutOfRangeIsRefusedWhereverItIs() {
        byte[] key = kem.encapsulationKey(seed());
        // Each coefficient has 12 bits, so two need three bytes (FIPS 203, algorithm 5); the last 32 bytes are not
        // coefficients.
        for (int coefficient = 0; coefficient < 768; coefficient++) {
            byte[] wrong = key.clone();
            int at = coefficient / 2 * 3;
            if (coefficient % 2 == 0) {
                wrong[at] = (byte) 0xff;
                wrong[at + 1] |= 0x0f;
            } else {
                wrong[at + 1] |= (byte) 0xf0;
                wrong[at + 2] = (byte) 0xff;
            }
            assertThrows(KemKeyException.class, () -> kem.encapsulate(wrong, secure), "coefficient " + coefficient);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 800, 1183, 1185, 1568})
    void aKeyOfAnotherLengthIsRefused(int length) {
        KemKeyException refusal = assertThrows(KemKeyException.class, () -> kem.encapsulate(new byte[length], secure));
        assertTrue(refusal.getMessage().endsWith("key has 1184 bytes, not " + length), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 768, 1087, 1089, 1568})
    void aCiphertextOfAnotherLengthIsRefused(int length) {
        assertRefused("a ciphertext has 1088 bytes, not " + length, () -> kem.decapsulate(seed(), new byte[length]));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 32, 63, 65})
    void aSeedOfAnotherLengthIsRefused(int length) {
        SecretBytes seed = SecretBytes.wrap(new byte[length]);
        String rule = "a seed has 64 bytes, not " + length;
        assertRefused(rule, () -> kem.encapsulationKey(seed));
        assertRefused(rule, () -> kem.decapsulate(seed, new byte[Kem.CIPHERTEXT_LENGTH]));
    }

    private static void assertRefused(String rule, Executable work) {
        assertEquals(rule, assertThrows(IllegalArgumentException.class, work).getMessage());
    }

    @Test
    void itLeavesItsInputsAsTheyWere() throws KemKeyException {
        SecretBytes seed = seed();
        byte[] before = seed.expose().clone();
        byte[] key = kem.encapsulationKey(seed);
        byte[] keyBefore = key.clone();
        try (Kem.Encapsulated made = kem.encapsulate(key, secure)) {
            byte[] ciphertext = made.ciphertext().clone();
            kem.decapsulate(seed, made.ciphertext());
            assertArrayEquals(ciphertext, made.ciphertext());
        }
        assertArrayEquals(keyBefore, key);
        assertArrayEquals(before, seed.expose());
    }

    @Test
    void twoThreadsUseOneInstanceAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Callable<Void> work = () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    SecretBytes seed = SecretBytes.wrap(secure.generateSeed(Kem.SEED_LENGTH));
                    try (Kem.Encapsulated made = kem.encapsulate(kem.encapsulationKey(seed), secure)) {
                        assertEquals(made.secret(), kem.decapsulate(seed, made.ciphertext()));
                    }
                }
                return null;
            };
            Future<Void> one = threads.submit(work);
            Future<Void> other = threads.submit(work);
            one.get();
            other.get();
        } finally {
            threads.shutdownNow();
        }
    }

    private SecretBytes seed() {
        byte[] seed = new byte[Kem.SEED_LENGTH];
        random.nextBytes(seed);
        return SecretBytes.wrap(seed);
    }
}
