package org.partyline.kdfpbkdf2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
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
import java.util.stream.Stream;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

class Pbkdf2Sha256Test {
    private static final KdfParameters CHEAP = KdfParameters.PBKDF2_DEFAULT;

    private final Random random = new Random(20260101);
    private final KeyDerivation kdf = new Pbkdf2Sha256();

    @TestFactory
    Stream<DynamicTest> thePublishedVectorsHold() {
        return Vectors.read("published.txt").stream().map(Pbkdf2Sha256Test::test);
    }

    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return Vectors.read("wycheproof.txt").stream().map(Pbkdf2Sha256Test::test);
    }

    private static DynamicTest test(String[] fields) {
        return DynamicTest.dynamicTest(fields[0], () -> {
            byte[] expected = Vectors.bytes(fields[4]);
            assertArrayEquals(
                    expected,
                    Pbkdf2Sha256.pbkdf2(
                            Vectors.bytes(fields[1]),
                            Vectors.bytes(fields[2]),
                            Integer.parseInt(fields[3]),
                            expected.length));
        });
    }

    /** PROTOCOL 3, channel "ops" of the protocol's vectors. */
    @Test
    void aChannelsRootComesOutOfItsPassphrase() {
        byte[] passphrase = "bravo tango 613637".getBytes(StandardCharsets.UTF_8);
        byte[] salt = HexFormat.of().parseHex("f91937c695538ec1a92e3bea7d760edb");
        try (SecretBytes root = kdf.derive(passphrase, salt, KdfParameters.PBKDF2_DEFAULT, 32)) {
            assertEquals(
                    "8dd113f02901321a6220c9f83b0da4037c30147fe921eef86a53e6d95f1e075b",
                    HexFormat.of().formatHex(root.expose()));
        }
    }

    @Test
    void itAgreesWithBouncyCastleAtEveryLength() {
        for (int length = 0; length < 150; length++) {
            byte[] password = bytes(length);
            byte[] salt = bytes(random.nextInt(64));
            int iterations = 1 + random.nextInt(20);
            int output = 1 + random.nextInt(100);
            PKCS5S2ParametersGenerator oracle = new PKCS5S2ParametersGenerator(new SHA256Digest());
            oracle.init(password, salt, iterations);
            byte[] expected = ((KeyParameter) oracle.generateDerivedMacParameters(8 * output)).getKey();
            assertArrayEquals(expected, Pbkdf2Sha256.pbkdf2(password, salt, iterations, output));
        }
    }

    @Test
    void anEmptyPasswordIsAPasswordLikeAnyOther() {
        PKCS5S2ParametersGenerator oracle = new PKCS5S2ParametersGenerator(new SHA256Digest());
        oracle.init(new byte[0], new byte[16], 100_000);
        byte[] expected = ((KeyParameter) oracle.generateDerivedMacParameters(256)).getKey();
        try (SecretBytes key = kdf.derive(new byte[0], new byte[16], CHEAP, 32)) {
            assertArrayEquals(expected, key.expose());
        }
    }

    @Test
    void itSaysWhichDerivationItIs() {
        assertEquals(KdfId.PBKDF2_SHA256, kdf.id());
    }

    @Test
    void parametersOfAnotherDerivationAreRefused() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> kdf.derive(new byte[8], new byte[16], KdfParameters.ARGON2ID_DEFAULT, 32));
        assertEquals(
                "key derivation: these are parameters of " + KdfParameters.ARGON2ID_DEFAULT.id()
                        + ", not of PBKDF2_SHA256",
                refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 65})
    void aSaltOfAnotherLengthIsRefused(int length) {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> kdf.derive(new byte[8], new byte[length], CHEAP, 32));
        assertEquals("key derivation: the salt must be 8 to 64 bytes, not " + length, refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 15, 65})
    void anOutputOfAnotherLengthIsRefused(int length) {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> kdf.derive(new byte[8], new byte[16], CHEAP, length));
        assertEquals("key derivation: the output must be 16 to 64 bytes, not " + length, refusal.getMessage());
    }

    @Test
    void theSecretAndTheSaltStayTheCallers() {
        byte[] secret = bytes(20);
        byte[] salt = bytes(16);
        byte[] secretBefore = secret.clone();
        byte[] saltBefore = salt.clone();
        kdf.derive(secret, salt, CHEAP, 32).close();
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
        try (SecretBytes key = kdf.derive(secret, salt, CHEAP, 32)) {
            return HexFormat.of().formatHex(key.expose());
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
