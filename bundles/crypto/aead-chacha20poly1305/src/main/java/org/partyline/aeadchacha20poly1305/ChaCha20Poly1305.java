package org.partyline.aeadchacha20poly1305;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.OneTimeKey;

/** Implements ChaCha20-Poly1305 (RFC 8439) using the Java platform's cipher. */
@Component
public final class ChaCha20Poly1305 implements AeadSuite {
    private static final AeadId ID = new AeadId(4, "CHACHA20_POLY1305", 12);
    private static final String TRANSFORMATION = "ChaCha20-Poly1305";

    /** The platform's own choice, made once: choosing again costs as much as opening a short packet. */
    private final Provider provider;

    /** @throws IllegalStateException if the Java platform has no such cipher */
    @Activate
    public ChaCha20Poly1305() {
        try {
            provider = Cipher.getInstance(TRANSFORMATION).getProvider();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no " + TRANSFORMATION, e);
        }
    }

    @Override
    public AeadId id() {
        return ID;
    }

    @Override
    public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
        try {
            return run(Cipher.ENCRYPT_MODE, key, nonce, associatedData, plaintext);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the platform's " + TRANSFORMATION + " cannot seal", e);
        }
    }

    @Override
    public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
            throws AuthenticationFailedException {
        check(key, nonce);
        if (ciphertext.length < AeadId.TAG_LENGTH) {
            throw new AuthenticationFailedException();
        }
        try {
            return run(Cipher.DECRYPT_MODE, key, nonce, associatedData, ciphertext);
        } catch (AEADBadTagException e) {
            // The cause is dropped: which check failed must not be revealed.
            throw new AuthenticationFailedException();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the platform's " + TRANSFORMATION + " cannot open", e);
        }
    }

    private byte[] run(int mode, byte[] key, byte[] nonce, byte[] associatedData, byte[] input)
            throws GeneralSecurityException {
        check(key, nonce);
        try (OneTimeKey copy = new OneTimeKey("ChaCha20", key.clone())) {
            // A cipher for each operation: an instance remembers its last key, and refuses to use it again.
            Cipher cipher = Cipher.getInstance(TRANSFORMATION, provider);
            cipher.init(mode, copy, new IvParameterSpec(nonce));
            cipher.updateAAD(associatedData);
            return cipher.doFinal(input);
        }
    }

    private static void check(byte[] key, byte[] nonce) {
        if (key.length != AeadId.KEY_LENGTH) {
            throw new IllegalArgumentException("a key has 32 bytes, not " + key.length);
        }
        if (nonce.length != ID.nonceLength()) {
            throw new IllegalArgumentException("a nonce here has " + ID.nonceLength() + " bytes, not " + nonce.length);
        }
    }
}
