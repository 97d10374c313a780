package com.example.extension.suite;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** A suite with a private code: AES-256-GCM with a nonce of 20 bytes (NIST SP 800-38D allows any length). */
@Component
public final class LongNonceGcm implements AeadSuite {
    private static final AeadId ID = new AeadId(200, "EXAMPLE_GCM_20", 20);
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";

    @Override
    public AeadId id() {
        return ID;
    }

    @Override
    public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
        try {
            return run(Cipher.ENCRYPT_MODE, key, nonce, associatedData, plaintext);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot seal with " + TRANSFORMATION, e);
        }
    }

    @Override
    public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
            throws AuthenticationFailedException {
        if (ciphertext.length < AeadId.TAG_LENGTH) {
            throw new AuthenticationFailedException();
        }
        try {
            return run(Cipher.DECRYPT_MODE, key, nonce, associatedData, ciphertext);
        } catch (AEADBadTagException e) {
            throw new AuthenticationFailedException();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot open with " + TRANSFORMATION, e);
        }
    }

    private static byte[] run(int mode, byte[] key, byte[] nonce, byte[] associatedData, byte[] input)
            throws GeneralSecurityException {
        if (key.length != AeadId.KEY_LENGTH || nonce.length != ID.nonceLength()) {
            throw new IllegalArgumentException(
                    "a key of " + key.length + " and a nonce of " + nonce.length + " bytes are not 32 and 20");
        }
        Cipher cipher = Cipher.getInstance(TRANSFORMATION);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * AeadId.TAG_LENGTH, nonce));
        cipher.updateAAD(associatedData);
        return cipher.doFinal(input);
    }
}
