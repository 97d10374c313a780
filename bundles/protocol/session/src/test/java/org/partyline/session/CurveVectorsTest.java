package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.southernstorm.noise.protocol.DHState;
import com.southernstorm.noise.protocol.Noise;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.SecretBytes;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.testkit.Vectors;

/**
 * Known answers of Project Wycheproof for X25519, one test each. For the cases that RFC 7748 and Wycheproof leave to
 * the implementation, the expectations are, by flag:
 *
 * <ul>
 * <li>LowOrderPublic, ZeroSharedSecret: rejected everywhere;
 * <li>Twist, SmallPublicKey, SpecialPublicKey, EdgeCase...: accepted, as in RFC 7748, unless one of the above;
 * <li>NonCanonicalPublic: reduced, as in RFC 7748; but a key with its top bit set is rejected in a handshake.
 * </ul>
 */
class CurveVectorsTest {
    private static final byte[] NO_SECRET = new byte[32];

    @TestFactory
    Stream<DynamicTest> theWycheproofVectorsHold() {
        return Vectors.read("x25519-wycheproof.txt").stream()
                .map(line -> dynamicTest(
                        line[0], () -> check(Vectors.bytes(line[1]), Vectors.bytes(line[2]), Vectors.bytes(line[3]))));
    }

    private static void check(byte[] privateKey, byte[] publicKey, byte[] expected) throws Exception {
        SecretBytes own = SecretBytes.wrap(privateKey);
        if (Arrays.equals(NO_SECRET, expected)) {
            assertThrows(HandshakeRefusedException.class, () -> Curve.agree(own, publicKey));
            assertThrows(HandshakeRefusedException.class, () -> Curve.requireContributory(own, publicKey));
            return;
        }
        assertArrayEquals(expected, Curve.agree(own, publicKey).expose());
        if (publicKey[31] < 0) {
            assertThrows(HandshakeRefusedException.class, () -> Curve.requireContributory(own, publicKey));
        } else {
            assertDoesNotThrow(() -> Curve.requireContributory(own, publicKey));
            assertArrayEquals(expected, inTheNoiseLibrary(privateKey, publicKey));
        }
    }

    /** The result of the library that the handshake uses. */
    private static byte[] inTheNoiseLibrary(byte[] privateKey, byte[] publicKey) throws NoSuchAlgorithmException {
        DHState own = Noise.createDH("25519");
        own.setPrivateKey(privateKey, 0);
        DHState other = Noise.createDH("25519");
        other.setPublicKey(publicKey, 0);
        byte[] shared = new byte[own.getSharedKeyLength()];
        assertEquals(32, shared.length);
        own.calculate(shared, 0, other);
        return shared;
    }
}
