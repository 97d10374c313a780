package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.southernstorm.noise.protocol.CipherState;
import com.southernstorm.noise.protocol.CipherStatePair;
import java.lang.reflect.Field;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.testkit.ArrayWatch;

/** Checks the memory that a handshake leaves behind once both sides have their chain keys. */
class WipingTest {
    private static SecretBytes key(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return SecretBytes.wrap(bytes);
    }

    /** The cipher's key is part of its input block. */
    private static int[] state(CipherState cipher) throws ReflectiveOperationException {
        Field input = cipher.getClass().getDeclaredField("input");
        input.setAccessible(true);
        return (int[]) input.get(cipher);
    }

    @Test
    void theCiphersOfTheSplitAreWipedWithTheHandshake() throws Exception {
        SecretBytes alice = key(1);
        SecretBytes bob = key(2);
        try (NoiseIk initiator = NoiseIk.initiator(new byte[0], alice, key(3), Curve.publicKey(bob));
                NoiseIk responder = NoiseIk.responder(new byte[0], bob, key(4))) {
            responder.read(initiator.write(new byte[0]));
            initiator.read(responder.write(new byte[1]));
            for (NoiseIk side : List.of(initiator, responder)) {
                CipherStatePair ciphers = side.split();
                int[] sending = state(ciphers.getSender());
                int[] receiving = state(ciphers.getReceiver());
                NoiseIk.seed(ciphers.getSender()).close();
                assertFalse(Arrays.equals(new int[sending.length], sending));
                side.close();
                assertArrayEquals(new int[sending.length], sending);
                assertArrayEquals(new int[receiving.length], receiving);
            }
        }
    }

    @Test
    void aHandshakeThatNeverCameToTheSplitCanBeClosed() throws Exception {
        NoiseIk initiator = NoiseIk.initiator(new byte[0], key(1), key(3), Curve.publicKey(key(2)));
        initiator.close();
        assertThrows(IllegalStateException.class, initiator::split);
    }

    @Test
    void theSeedsOfACompletedHandshakeAreWiped() throws Exception {
        SecureRandom random = new SecureRandom();
        NoiseHandshakes handshakes = new NoiseHandshakes();
        IdentityKeys alice = Bundles.person(random);
        IdentityKeys bob = Bundles.person(random);
        Set<AeadId> offer = Set.of(AeadId.XCHACHA20_POLY1305);
        try (Handshakes.Initiation begun = handshakes.initiate(Network.REGTEST, alice, bob.identity(), offer, random);
                Handshakes.Acceptance accepted =
                        handshakes.accept(Network.REGTEST, bob, begun.body(), List.copyOf(offer), random);
                ArrayWatch watch = new ArrayWatch()) {
            handshakes
                    .complete(Network.REGTEST, begun.state(), alice, bob.identity(), accepted.response())
                    .close();
            List<byte[]> wiped = watch.seen().stream()
                    .filter(array -> Arrays.equals(array, new byte[32]))
                    .toList();
            assertTrue(wiped.size() >= 2, "both are among what was hashed");
            for (byte[] array : watch.seen()) {
                assertFalse(Arrays.equals(accepted.sendSeed().expose(), array));
                assertFalse(Arrays.equals(accepted.receiveSeed().expose(), array));
            }
        }
    }
}
