package org.partyline.kdfpbkdf2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.testkit.KeyDerivationContract;
import org.partyline.testkit.Vectors;

class Pbkdf2Sha256Test extends KeyDerivationContract {
    private static final KdfParameters CHEAP = KdfParameters.PBKDF2_DEFAULT;

    Pbkdf2Sha256Test() {
        super(new Pbkdf2Sha256(), CHEAP, KdfParameters.ARGON2ID_DEFAULT);
    }

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
}
