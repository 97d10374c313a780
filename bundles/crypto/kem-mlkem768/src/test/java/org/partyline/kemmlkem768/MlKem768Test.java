package org.partyline.kemmlkem768;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.Kem;
import org.partyline.testkit.KemContract;

class MlKem768Test extends KemContract {
    MlKem768Test() {
        super(new MlKem768());
    }

    @Test
    void aKeyPairIsErasedAfterItsUseHoweverThatEnds() {
        MLKEMPrivateKeyParameters used = pair();
        assertEquals(Kem.KEY_LENGTH, MlKem768.using(used, MLKEMPrivateKeyParameters::getPublicKey).length);
        assertTrue(used.isDestroyed());
        MLKEMPrivateKeyParameters failed = pair();
        assertThrows(
                IllegalStateException.class,
                () -> MlKem768.using(failed, pair -> {
                    throw new IllegalStateException("on purpose");
                }));
        assertTrue(failed.isDestroyed());
    }

    private static MLKEMPrivateKeyParameters pair() {
        return new MLKEMPrivateKeyParameters(MLKEMParameters.ml_kem_768, new byte[Kem.SEED_LENGTH]);
    }

    @Test
    void whatEncapsulationLeavesIsErased() {
        Held held = new Held();
        try (Kem.Encapsulated made = MlKem768.partsOf(held)) {
            byte[] expected = new byte[Kem.SECRET_LENGTH];
            expected[0] = 7;
            assertArrayEquals(expected, made.secret().expose());
        }
        assertArrayEquals(new byte[Kem.SECRET_LENGTH], held.secret);
        assertTrue(held.isDestroyed());
    }

    private static final class Held implements SecretWithEncapsulation {
        private final byte[] secret = new byte[Kem.SECRET_LENGTH];
        private boolean destroyed;

        @Override
        public byte[] getSecret() {
            secret[0] = 7;
            return secret;
        }

        @Override
        public byte[] getEncapsulation() {
            return new byte[Kem.CIPHERTEXT_LENGTH];
        }

        @Override
        public void destroy() {
            destroyed = true;
        }

        @Override
        public boolean isDestroyed() {
            return destroyed;
        }
    }
}
