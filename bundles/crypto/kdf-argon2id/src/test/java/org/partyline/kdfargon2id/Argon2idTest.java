package org.partyline.kdfargon2id;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.Block;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.testkit.HungryDerivationContract;
import org.partyline.testkit.Vectors;

class Argon2idTest extends HungryDerivationContract {
    private static final KdfParameters CHEAP = new KdfParameters(KdfId.ARGON2ID, 1, 64, 2);

    Argon2idTest() {
        super(new Argon2id(), CHEAP, KdfParameters.ARGON2ID_DEFAULT, KdfParameters.SCRYPT_DEFAULT, SmallHeap.class);
    }

    @Override
    protected KeyDerivation withMemory(KdfMemory memory) {
        return new Argon2id(memory);
    }

    @TestFactory
    Stream<DynamicTest> theKnownAnswersComeOut() {
        return known(kdf);
    }

    @TestFactory
    Stream<DynamicTest> theKnownAnswersComeOutWithoutTheSystemsLibrary() {
        return known(new Argon2id(KdfMemory.ofThisProcess(), new BlockPools(), Optional.empty()));
    }

    private static Stream<DynamicTest> known(KeyDerivation kdf) {
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

    /** The primitive beneath the service, with the secret and the associated data that the service does not use. */
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

    /** Derives with more memory than there is, then with less, on one thread. */
    static final class SmallHeap {
        private SmallHeap() {}

        public static void main(String[] arguments) {
            deriveInASmallHeap(
                    memory -> new Argon2id(memory, new BlockPools(), Optional.empty()),
                    KdfParameters.ARGON2ID_DEFAULT,
                    CHEAP);
        }
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
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
    void aDerivationGivesItsMemoryBack() {
        BlockPools pools = new BlockPools();
        BlockPools.Pool pool = pools.take();
        pools.giveBack(pool);
        new Argon2id(KdfMemory.ofThisProcess(), pools, Optional.empty())
                .derive(new byte[8], new byte[16], CHEAP, 32)
                .close();
        assertSame(pool, pools.take());
        assertEquals(64, pool.size(), 8);
    }

    @Test
    void theMemoryOfFourDerivationsIsKeptAtMost() {
        BlockPools pools = new BlockPools();
        List<BlockPools.Pool> used = Stream.generate(pools::take).limit(6).toList();
        used.forEach(pools::giveBack);
        assertEquals(
                4, Stream.generate(pools::take).limit(6).filter(used::contains).count());
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
