package org.partyline.kemmlkem768;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;
import javax.security.auth.DestroyFailedException;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KemKeyException;

/** Implements ML-KEM-768 (FIPS 203) over Bouncy Castle. */
@Component
public final class MlKem768 implements Kem {
    private static final MLKEMParameters PARAMETERS = MLKEMParameters.ml_kem_768;

    @Override
    public byte[] encapsulationKey(SecretBytes seed) {
        return using(pair(seed), MLKEMPrivateKeyParameters::getPublicKey);
    }

    @Override
    public Encapsulated encapsulate(byte[] encapsulationKey, SecureRandom random) throws KemKeyException {
        if (encapsulationKey.length != KEY_LENGTH) {
            throw new KemKeyException(
                    "an encapsulation key has " + KEY_LENGTH + " bytes, not " + encapsulationKey.length);
        }
        MLKEMPublicKeyParameters key;
        try {
            // Checks the modulus of each coefficient.
            key = new MLKEMPublicKeyParameters(PARAMETERS, encapsulationKey);
        } catch (IllegalArgumentException e) {
            throw new KemKeyException("a coefficient of the encapsulation key is out of range");
        }
        return partsOf(new MLKEMGenerator(random).generateEncapsulated(key));
    }

    /** Copies the parts of a result, and erases the result. */
    static Encapsulated partsOf(SecretWithEncapsulation made) {
        byte[] secret = made.getSecret();
        try {
            return new Encapsulated(SecretBytes.copyOf(secret), made.getEncapsulation());
        } finally {
            Arrays.fill(secret, (byte) 0);
            destroy(made);
        }
    }

    private static void destroy(SecretWithEncapsulation made) {
        try {
            made.destroy();
        } catch (DestroyFailedException e) {
            throw new IllegalStateException("Bouncy Castle cannot erase a shared secret", e);
        }
    }

    @Override
    public SecretBytes decapsulate(SecretBytes seed, byte[] ciphertext) {
        if (ciphertext.length != CIPHERTEXT_LENGTH) {
            throw new IllegalArgumentException(
                    "a ciphertext has " + CIPHERTEXT_LENGTH + " bytes, not " + ciphertext.length);
        }
        return using(pair(seed), pair -> SecretBytes.wrap(new MLKEMExtractor(pair).extractSecret(ciphertext)));
    }

    /** Uses a key pair once, and erases it. */
    static <T> T using(MLKEMPrivateKeyParameters pair, Function<MLKEMPrivateKeyParameters, T> work) {
        try {
            return work.apply(pair);
        } finally {
            pair.destroy();
        }
    }

    private static MLKEMPrivateKeyParameters pair(SecretBytes seed) {
        if (seed.length() != SEED_LENGTH) {
            throw new IllegalArgumentException("a seed has " + SEED_LENGTH + " bytes, not " + seed.length());
        }
        return new MLKEMPrivateKeyParameters(PARAMETERS, seed.expose());
    }
}
