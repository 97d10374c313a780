package org.partyline.kdfscrypt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.bouncycastle.crypto.generators.SCrypt;
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

class ScryptTest extends HungryDerivationContract {
    private static final KdfParameters CHEAP = new KdfParameters(KdfId.SCRYPT, 1, 1024, 1);

    ScryptTest() {
        super(new Scrypt(), CHEAP, KdfParameters.SCRYPT_DEFAULT, KdfParameters.PBKDF2_DEFAULT, SmallHeap.class);
    }

    @Override
    protected KeyDerivation withMemory(KdfMemory memory) {
        return new Scrypt(memory);
    }

    /** Some are below the service's limits and check only the primitive; the others also check the service. */
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

    /** Derives with more memory than there is, then with less, on one thread. */
    static final class SmallHeap {
        private SmallHeap() {}

        public static void main(String[] arguments) {
            deriveInASmallHeap(Scrypt::new, KdfParameters.SCRYPT_DEFAULT, CHEAP);
        }
    }
}
