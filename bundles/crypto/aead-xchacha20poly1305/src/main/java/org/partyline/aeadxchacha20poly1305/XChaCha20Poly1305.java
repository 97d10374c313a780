package org.partyline.aeadxchacha20poly1305;

import java.lang.ref.WeakReference;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Provider;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.OneTimeKey;

/**
 * Implements XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): our HChaCha20 derives a subkey for the Java platform's
 * ChaCha20-Poly1305.
 */
@Component
public final class XChaCha20Poly1305 implements AeadSuite {
    private static final AeadId ID = new AeadId(1, "XCHACHA20_POLY1305", 24);
    private static final String TRANSFORMATION = "ChaCha20-Poly1305";
    private static final int SUBKEY_NONCE_LENGTH = 16;
    private static final int INNER_NONCE_LENGTH = 12;

    private final Provider provider;

    /**
     * The cipher this thread used last. A new one for each packet costs a sixth of the whole operation. The reference
     * is weak because the platform's cipher keeps traces of its last subkey: so they are garbage after each call, just
     * as those of a new cipher would be, and only calls that follow close upon each other share one.
     */
    private final ThreadLocal<WeakReference<Cipher>> lastUsed = new ThreadLocal<>();

    /** @throws IllegalStateException when the Java platform has no ChaCha20-Poly1305 */
    @Activate
    public XChaCha20Poly1305() {
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
            // Not kept as a cause: which check failed is nobody's business.
            throw new AuthenticationFailedException();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the platform's " + TRANSFORMATION + " cannot open", e);
        }
    }

    private byte[] run(int mode, byte[] key, byte[] nonce, byte[] associatedData, byte[] input)
            throws GeneralSecurityException {
        check(key, nonce);
        // Section 2.3: the first 16 bytes of the nonce go into the subkey, the rest follows four zero bytes.
        byte[] innerNonce = new byte[INNER_NONCE_LENGTH];
        System.arraycopy(nonce, SUBKEY_NONCE_LENGTH, innerNonce, 4, nonce.length - SUBKEY_NONCE_LENGTH);
        try (OneTimeKey subkey = new OneTimeKey("ChaCha20", HChaCha20.subkey(key, nonce))) {
            Cipher cipher = cipher(mode, subkey, new IvParameterSpec(innerNonce));
            cipher.updateAAD(associatedData);
            return cipher.doFinal(input);
        }
    }

    /** A cipher that has begun: this thread's last one, or a new one where that refuses. */
    Cipher cipher(int mode, SecretKey subkey, IvParameterSpec nonce) throws GeneralSecurityException {
        WeakReference<Cipher> reference = lastUsed.get();
        Cipher last = reference == null ? null : reference.get();
        if (last != null) {
            try {
                last.init(mode, subkey, nonce);
                return last;
            } catch (InvalidKeyException e) {
                // The platform's cipher does not begin twice with one key and nonce: this packet comes a second time.
                lastUsed.remove();
            }
        }
        Cipher cipher = Cipher.getInstance(TRANSFORMATION, provider);
        cipher.init(mode, subkey, nonce);
        lastUsed.set(new WeakReference<>(cipher));
        return cipher;
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
