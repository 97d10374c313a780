package org.partyline.storejdbc;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Implements AES-256-GCM (NIST SP 800-38D) with a 12-byte nonce and a 16-byte tag at the end. */
final class Gcm {
    static final int KEY = 32;
    static final int NONCE = 12;
    static final int TAG = 16;

    private Gcm() {}

    /**
     * @param key 32 bytes
     * @param nonce 12 bytes, never used twice with the same key
     */
    static byte[] seal(byte[] key, byte[] nonce, byte[] associated, byte[] plain) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, key, nonce, associated).doFinal(plain);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /** @throws AEADBadTagException if the ciphertext does not belong to the key, the nonce and the associated data */
    static byte[] open(byte[] key, byte[] nonce, byte[] associated, byte[] sealed) throws AEADBadTagException {
        try {
            return cipher(Cipher.DECRYPT_MODE, key, nonce, associated).doFinal(sealed);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, byte[] associated)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG, nonce));
        cipher.updateAAD(associated);
        return cipher;
    }
}
