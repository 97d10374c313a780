package org.partyline.kdfscrypt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
import org.bouncycastle.crypto.generators.SCrypt;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

class ScryptTest {
    private static final KdfParameters CHEAP = new KdfParameters(KdfId.SCRYPT, 1, 1024, 1);

    private final Random random = new Random(20260101);
    private final KeyDerivation kdf = new Scrypt();

    /** Some of them are below the service's limits: they check the primitive, the others the service too. */
    @TestFactory
    Stream<DynamicTest> theVectorsOfRfc7914Hold() {
        return Vectors.read("rfc7914.txt").stream()
                .map(fields -> DynamicTest.dynamicTest(fields[0], () -> {
                    byte[] password = Vectors.bytes(fields[1]);
                    byte[] salt = Vectors.bytes(fields[2]);
                    int n = Integer.parseInt(fields[3]);
                    int r = Integer.parseInt(fields[4]);
                    int p = Integer.parseInt(fields[5]);
                    byte[] expected = Vectors.bytes(fields[6]);
                    assertArrayEquals(expected, SCrypt.generate(password, salt, n, r, p, expected.length));
                    if (salt.length >= 8) {
                        KdfParameters parameters = new KdfParameters(KdfId.SCRYPT, r, n, p);
                        try (SecretBytes key = kdf.derive(password, salt, parameters, expected.length)) {
                            assertArrayEquals(expected, key.expose());
                        }
                    }
                }));
    }

    /** PROTOCOL 3, channel "scrypt" of the protocol's vectors. */
    @Test
    void aChannelsRootComesOutOfItsPassphrase() {
        byte[] passphrase = "9b1aec1d00a1".getBytes(StandardCharsets.UTF_8);
        byte[] salt = HexFormat.of().parseHex("e94f3ffbbf908cfbe9cfb8c2932548e93e4f15710146928f1dc580d0f64e3b59");
        try (SecretBytes root = kdf.derive(passphrase, salt, KdfParameters.SCRYPT_DEFAULT, 32)) {
            assertEquals(
                    "d30026580ecf164c2bdf2ee893a8d63c56ada88665ea528fd96551e4cd17daff",
                    HexFormat.of().formatHex(root.expose()));
        }
    }

    @Test
    void anEmptyPasswordIsAPasswordLikeAnyOther() {
        try (SecretBytes key = kdf.derive(new byte[0], new byte[16], CHEAP, 64)) {
            assertArrayEquals(SCrypt.generate(new byte[0], new byte[16], 1024, 1, 1, 64), key.expose());
        }
    }

    @Test
    void moreMemoryThanTheHeapHasLeftIsRefusedBeforeItIsTaken() {
        SetHeap heap = new SetHeap(512L << 20, 470L << 20);
        KeyDerivation small = new Scrypt(new KdfMemory(heap));
        KdfMemoryException refusal = assertThrows(
                KdfMemoryException.class,
                () -> small.derive(new byte[8], new byte[16], KdfParameters.SCRYPT_DEFAULT, 32));
        assertTrue(refusal.getMessage().contains("this server can spare 10240 KiB"), refusal.getMessage());
        assertTrue(refusal.getMessage().endsWith("PARTYLINE_HEAP"), refusal.getMessage());
        assertThrows(KdfMemoryException.class, () -> small.requireMemory(KdfParameters.SCRYPT_DEFAULT));
        small.derive(new byte[8], new byte[16], CHEAP, 32).close();
        small.requireMemory(CHEAP);
    }

    /** In a Java of its own, whose heap is really too small and whose meter does not know. */
    @Test
    void aHeapThatRunsOutAllTheSameIsARefusalAndTheThreadGoesOn() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeap.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), said);
        assertTrue(said.contains("PARTYLINE_HEAP"), said);
        assertTrue(said.contains("goes on"), said);
    }

    /** Derives with more memory than there is, then with less, on one thread. */
    static final class SmallHeap {
        private SmallHeap() {}

        public static void main(String[] arguments) {
            KeyDerivation kdf = new Scrypt(new KdfMemory(new SetHeap(1L << 40, 0)));
            try {
                kdf.derive(new byte[8], new byte[16], KdfParameters.SCRYPT_DEFAULT, 32)
                        .close();
                System.out.println("it fits");
            } catch (KdfMemoryException e) {
                System.out.println(e.getMessage());
            }
            kdf.derive(new byte[8], new byte[16], CHEAP, 32).close();
            System.out.println("goes on");
        }
    }

    private record SetHeap(long most, long used) implements KdfMemory.Heap {
        @Override
        public void collect() {
            // Nothing in it can be spared.
        }
    }

    @Test
    void itSaysWhichDerivationItIs() {
        assertEquals(KdfId.SCRYPT, kdf.id());
    }

    @Test
    void parametersOfAnotherDerivationAreRefused() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> kdf.derive(new byte[8], new byte[16], KdfParameters.PBKDF2_DEFAULT, 32));
        assertEquals(
                "key derivation: these are parameters of " + KdfParameters.PBKDF2_DEFAULT.id() + ", not of SCRYPT",
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
