package org.partyline.session;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.partyline.api.crypto.Hkdf;

/**
 * Noise_IK_25519_ChaChaPoly_SHA256 a second time, written from its specification with the Java platform. Every shared
 * secret is passed in, so that a test can act as a dishonest party, or as an attacker who has only some of them.
 */
final class PlainNoise {
    private static final byte[] NAME = "Noise_IK_25519_ChaChaPoly_SHA256".getBytes(StandardCharsets.US_ASCII);

    private byte[] chainingKey = NAME.clone();
    private byte[] hash = NAME.clone();
    private byte[] key;
    private long nonce;

    PlainNoise(byte[] prologue, byte[] responderStatic) {
        mixHash(prologue);
        mixHash(responderStatic);
    }

    /** The first message with an empty payload. */
    byte[] first(byte[] ephemeral, byte[] es, byte[] ownStatic, byte[] ss) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        mixHash(ephemeral);
        message.writeBytes(ephemeral);
        mixKey(es);
        message.writeBytes(seal(ownStatic));
        mixKey(ss);
        message.writeBytes(seal(new byte[0]));
        return message.toByteArray();
    }

    /** The second message. */
    byte[] second(byte[] ephemeral, byte[] ee, byte[] se, byte[] payload) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        mixHash(ephemeral);
        message.writeBytes(ephemeral);
        mixKey(ee);
        mixKey(se);
        message.writeBytes(seal(payload));
        return message.toByteArray();
    }

    /** The static key in a first message, as read by someone with the first shared secret. */
    static byte[] readStatic(byte[] prologue, byte[] responderStatic, byte[] message, byte[] es)
            throws GeneralSecurityException {
        PlainNoise noise = new PlainNoise(prologue, responderStatic);
        noise.mixHash(Arrays.copyOf(message, 32));
        noise.mixKey(es);
        return noise.chaCha(Cipher.DECRYPT_MODE, noise.hash, Arrays.copyOfRange(message, 32, 80));
    }

    /** Chain seeds, from initiator to responder and back, derived from these four shared secrets. */
    static byte[][] seeds(byte[] es, byte[] ss, byte[] ee, byte[] se) {
        PlainNoise noise = new PlainNoise(new byte[0], new byte[0]);
        for (byte[] shared : new byte[][] {es, ss, ee, se}) {
            noise.mixKey(shared);
        }
        byte[][] keys = hkdf(noise.chainingKey, new byte[0]);
        return new byte[][] {seed(keys[0]), seed(keys[1])};
    }

    private static byte[] seed(byte[] cipherKey) {
        PlainNoise cipher = new PlainNoise(new byte[0], new byte[0]);
        cipher.key = cipherKey;
        try {
            return Arrays.copyOf(cipher.chaCha(Cipher.ENCRYPT_MODE, new byte[0], new byte[32]), 32);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void mixHash(byte[] data) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(hash);
            hash = digest.digest(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void mixKey(byte[] shared) {
        byte[][] keys = hkdf(chainingKey, shared);
        chainingKey = keys[0];
        key = keys[1];
        nonce = 0;
    }

    private byte[] seal(byte[] plaintext) {
        try {
            byte[] sealed = chaCha(Cipher.ENCRYPT_MODE, hash, plaintext);
            mixHash(sealed);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] chaCha(int mode, byte[] associatedData, byte[] input) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
        byte[] iv = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(4, nonce++)
                .array();
        cipher.init(mode, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(iv));
        cipher.updateAAD(associatedData);
        return cipher.doFinal(input);
    }

    private static byte[][] hkdf(byte[] salt, byte[] input) {
        byte[] temporary = Hkdf.hmac(salt, input);
        byte[] one = Hkdf.hmac(temporary, new byte[] {1});
        return new byte[][] {one, Hkdf.hmac(temporary, one, new byte[] {2})};
    }
}
