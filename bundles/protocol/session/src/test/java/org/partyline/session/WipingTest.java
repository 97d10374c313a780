package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.southernstorm.noise.protocol.CipherState;
import com.southernstorm.noise.protocol.CipherStatePair;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;

/** What a handshake leaves in memory once both sides have their chain keys. */
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
}
