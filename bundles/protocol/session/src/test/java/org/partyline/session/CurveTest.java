package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.SecretBytes;
import org.partyline.api.session.HandshakeRefusedException;

/** X25519 against RFC 7748, and against weak keys. */
class CurveTest {
    private final SecretBytes own = Bundles.draw(new SecureRandom(), 32);

    /** RFC 7748, 5.2 and 6.1. The second key has its top bit set, which must be ignored. */
    @ParameterizedTest
    @CsvSource({
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
                + "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
                + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
                + "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
                + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a,"
                + "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f,"
                + "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    })
    void sharedSecretsAreThoseOfTheStandard(String privateKey, String publicKey, String shared) throws Exception {
        SecretBytes key = SecretBytes.wrap(Vectors.hex(privateKey));
        assertEquals(
                shared, Vectors.hex(Curve.agree(key, Vectors.hex(publicKey)).expose()));
    }

    @Test
    void aThousandRoundsAreThoseOfTheStandard() throws Exception {
        byte[] u = new byte[32];
        u[0] = 9;
        byte[] k = u.clone();
        for (int i = 0; i < 1000; i++) {
            byte[] next = Curve.agree(SecretBytes.copyOf(k), u).expose();
            u = k;
            k = next;
        }
        assertEquals("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", Vectors.hex(k));
    }

    @Test
    void aPublicKeyIsThatOfTheStandard() {
        SecretBytes alice =
                SecretBytes.wrap(Vectors.hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
        assertEquals(
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
                Vectors.hex(Curve.publicKey(alice)));
    }

    @ParameterizedTest
    @MethodSource("org.partyline.session.LowOrder#keys")
    void aKeyOfLowOrderIsRefused(byte[] key) {
        assertThrows(HandshakeRefusedException.class, () -> Curve.agree(own, key));
        assertThrows(HandshakeRefusedException.class, () -> Curve.requireContributory(own, key));
        byte[] withTopBit = key.clone();
        withTopBit[31] |= (byte) 0x80;
        assertThrows(HandshakeRefusedException.class, () -> Curve.agree(own, withTopBit));
        assertThrows(HandshakeRefusedException.class, () -> Curve.requireContributory(own, withTopBit));
    }

    @ParameterizedTest
    @MethodSource("org.partyline.session.LowOrder#keysWithTheTopBit")
    void aKeyThatIsOfLowOrderToTheNoiseLibraryIsRefused(byte[] key) {
        assertThrows(HandshakeRefusedException.class, () -> Curve.requireContributory(own, key));
    }

    @Test
    void anHonestKeyIsTakenAndLeftAlone() {
        byte[] key = Curve.publicKey(Bundles.draw(new SecureRandom(), 32));
        byte[] before = key.clone();
        assertDoesNotThrow(() -> Curve.requireContributory(own, key));
        assertArrayEquals(before, key);
    }

    @Test
    void aKeyOfAnotherLengthIsAMistakeOfTheCaller() {
        byte[] key = Curve.publicKey(own);
        SecretBytes tooShort = SecretBytes.wrap(new byte[31]);
        assertThrows(IllegalArgumentException.class, () -> Curve.publicKey(tooShort));
        assertThrows(IllegalArgumentException.class, () -> Curve.agree(tooShort, key));
        assertThrows(IllegalArgumentException.class, () -> Curve.agree(own, new byte[33]));
        assertThrows(IllegalArgumentException.class, () -> Curve.requireContributory(own, new byte[31]));
    }
}
