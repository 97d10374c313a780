package org.partyline.kdfargon2id;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.Block;
import org.bouncycastle.crypto.params.Argon2Parameters;
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

class Argon2idTest {
    private static final KdfParameters CHEAP = new KdfParameters(KdfId.ARGON2ID, 1, 64, 2);

    private final Random random = new Random(20260101);
    private final KeyDerivation kdf = new Argon2id();

    @TestFactory
    Stream<DynamicTest> theKnownAnswersComeOut() {
        return Vectors.read("argon2id.txt").stream()
                .map(fields -> DynamicTest.dynamicTest(fields[0], () -> {
                    KdfParameters parameters = new KdfParameters(
                            KdfId.ARGON2ID,
                            Integer.parseInt(fields[3]),
                            Integer.parseInt(fields[4]),
                            Integer.parseInt(fields[5]));
                    byte[] expected = Vectors.bytes(fields[6]);
                    try (SecretBytes key = kdf.derive(
                            Vectors.bytes(fields[1]), Vectors.bytes(fields[2]), parameters, expected.length)) {
                        assertArrayEquals(expected, key.expose());
                    }
                }));
    }

    /** The primitive under the service, with the secret and the data that the service has no use for. */
    @Test
    void theVectorOfRfc9106ComesOutOfBouncyCastle() {
        byte[] password = filled(32, 1);
        Argon2Parameters parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(3)
                .withMemoryAsKB(32)
                .withParallelism(4)
                .withSalt(filled(16, 2))
                .withSecret(filled(8, 3))
                .withAdditional(filled(12, 4))
                .build();
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(parameters);
        byte[] tag = new byte[32];
        generator.generateBytes(password, tag);
        assertEquals(
                "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
                HexFormat.of().formatHex(tag));
    }

    /** PROTOCOL 3, channel "lobby" of the protocol's vectors. */
    @Test
    void aChannelsRootComesOutOfItsPassphrase() {
        byte[] passphrase = "correct horse battery staple".getBytes(StandardCharsets.UTF_8);
        byte[] salt = HexFormat.of().parseHex("fd236dc7be52325784bcc9a6183e8f63");
        try (SecretBytes root = kdf.derive(passphrase, salt, KdfParameters.ARGON2ID_DEFAULT, 32)) {
            assertEquals(
                    "7528736a6ae11a0279fc78024a9077f3638eaa8feeeacba832a65ddb89c66f80",
                    HexFormat.of().formatHex(root.expose()));
        }
    }

    @Test
    void moreMemoryThanTheHeapHasLeftIsRefusedBeforeItIsTaken() {
        SetHeap heap = new SetHeap(512L << 20, 470L << 20);
        KeyDerivation small = new Argon2id(new KdfMemory(heap));
        KdfMemoryException refusal = assertThrows(
                KdfMemoryException.class,
                () -> small.derive(new byte[8], new byte[16], KdfParameters.ARGON2ID_DEFAULT, 32));
        assertTrue(refusal.getMessage().contains("this server can spare 10240 KiB"), refusal.getMessage());
        assertTrue(refusal.getMessage().endsWith("PARTYLINE_HEAP"), refusal.getMessage());
        assertThrows(KdfMemoryException.class, () -> small.requireMemory(KdfParameters.ARGON2ID_DEFAULT));
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
            KeyDerivation kdf = new Argon2id(new KdfMemory(new SetHeap(1L << 40, 0)));
            try {
                kdf.derive(new byte[8], new byte[16], KdfParameters.ARGON2ID_DEFAULT, 32)
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

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void itSaysWhichDerivationItIs() {
        assertEquals(KdfId.ARGON2ID, kdf.id());
    }

    @Test
    void parametersOfAnotherDerivationAreRefused() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> kdf.derive(new byte[8], new byte[16], KdfParameters.SCRYPT_DEFAULT, 32));
        assertEquals(
                "key derivation: these are parameters of " + KdfParameters.SCRYPT_DEFAULT.id() + ", not of ARGON2ID",
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

    @Test
    void theMemoryOfOneDerivationServesTheNext() {
        BlockPools pools = new BlockPools();
        BlockPools.Pool first = pools.take();
        Block block = first.allocate();
        first.deallocate(block);
        pools.giveBack(first);
        assertSame(first, pools.take());
        assertSame(block, first.allocate());
        assertNotSame(first, pools.take(), "while it is in use it is nobody else's");
    }

    @Test
    void everyBlockComesBackToThePoolThatItCameFrom() {
        BlockPools.Pool pool = new BlockPools.Pool();
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        for (int i = 0; i < 2; i++) {
            generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withIterations(1)
                    .withMemoryAsKB(64)
                    .withParallelism(2)
                    .withSalt(new byte[16])
                    .withBlockPool(pool)
                    .build());
            generator.generateBytes(new byte[] {1}, new byte[32]);
            assertEquals(64, pool.size(), 8);
        }
    }
}
