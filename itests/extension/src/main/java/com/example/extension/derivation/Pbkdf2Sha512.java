package com.example.extension.derivation;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** A derivation with a private code: PBKDF2 with HMAC-SHA512 (RFC 8018, section 5.2), of one block. */
@Component
public final class Pbkdf2Sha512 implements KeyDerivation {
    private static final KdfId ID = new KdfId(200, "EXAMPLE_PBKDF2_SHA512");
    private static final String ALGORITHM = "HmacSHA512";
    private static final int BLOCK = 64;
    private static final int USUAL = 210_000;
    private static final int LEAST = 100_000;
    private static final int MOST = 10_000_000;

    @Override
    public KdfId id() {
        return ID;
    }

    @Override
    public KdfParameters defaults() {
        return new KdfParameters(ID, 0, USUAL, 0);
    }

    @Override
    public void requireLimits(KdfParameters parameters) {
        if (parameters.memory() < LEAST || parameters.memory() > MOST) {
            throw new KdfLimitsException("key derivation " + ID + ": iterations (memory) must be " + LEAST + " to "
                    + MOST + ", not " + parameters.memory());
        }
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        if (!parameters.id().equals(ID)) {
            throw new IllegalArgumentException("these are parameters of " + parameters.id() + ", not of " + ID);
        }
        if (salt.length < 8 || salt.length > BLOCK || length < 16 || length > BLOCK) {
            throw new IllegalArgumentException(
                    "a salt of " + salt.length + " and a key of " + length + " bytes are not 8 to 64 and 16 to 64");
        }
        byte[] step = new byte[BLOCK];
        byte[] sum = new byte[BLOCK];
        try {
            Mac hmac = Mac.getInstance(ALGORITHM);
            // HMAC pads its key with zeros, so one zero byte is the empty password.
            hmac.init(new SecretKeySpec(secret.length == 0 ? new byte[1] : secret, ALGORITHM));
            hmac.update(salt);
            hmac.update(new byte[] {0, 0, 0, 1});
            for (int i = 0; i < parameters.memory(); i++) {
                if (i > 0) {
                    hmac.update(step);
                }
                hmac.doFinal(step, 0);
                for (int j = 0; j < BLOCK; j++) {
                    sum[j] ^= step[j];
                }
            }
            return SecretBytes.wrap(Arrays.copyOf(sum, length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        } finally {
            Arrays.fill(step, (byte) 0);
            Arrays.fill(sum, (byte) 0);
        }
    }
}
