package org.partyline.testkit.protocol;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KemKeyException;

/**
 * A key encapsulation that keeps nothing secret: a ciphertext begins with the input of its secret. Every byte of a
 * valid key is below 128.
 */
public final class PlainKem implements Kem {
    private static final int DRAWN = 32;

    @Override
    public byte[] encapsulationKey(SecretBytes seed) {
        Plain.requireLength("a seed", SEED_LENGTH, seed.length());
        byte[] key = filler(seed.expose(), KEY_LENGTH);
        for (int i = 0; i < key.length; i++) {
            key[i] &= 0x7f;
        }
        return key;
    }

    @Override
    public Encapsulated encapsulate(byte[] encapsulationKey, SecureRandom random) throws KemKeyException {
        if (encapsulationKey.length != KEY_LENGTH) {
            throw new KemKeyException("a key has " + KEY_LENGTH + " bytes, not " + encapsulationKey.length);
        }
        for (byte each : encapsulationKey) {
            if (each < 0) {
                throw new KemKeyException("a byte of the key is out of range");
            }
        }
        byte[] drawn = Plain.random(random, DRAWN);
        byte[] ciphertext = ByteBuffer.allocate(CIPHERTEXT_LENGTH)
                .put(drawn)
                .put(filler(drawn, CIPHERTEXT_LENGTH - DRAWN))
                .array();
        return new Encapsulated(secret(encapsulationKey, ciphertext), ciphertext);
    }

    @Override
    public SecretBytes decapsulate(SecretBytes seed, byte[] ciphertext) {
        Plain.requireLength("a ciphertext", CIPHERTEXT_LENGTH, ciphertext.length);
        return secret(encapsulationKey(seed), ciphertext);
    }

    private static SecretBytes secret(byte[] key, byte[] ciphertext) {
        return Plain.secret("kem", key, ciphertext);
    }

    private static byte[] filler(byte[] of, int length) {
        byte[] filler = new byte[length];
        for (int at = 0; at < length; at += Plain.KEY_LENGTH) {
            byte[] block = Plain.hash("filler", of, new byte[] {(byte) (at / Plain.KEY_LENGTH)});
            System.arraycopy(block, 0, filler, at, Math.min(block.length, length - at));
        }
        return filler;
    }
}
