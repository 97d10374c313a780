package org.partyline.aeadaes256eax;

import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.EAXBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/**
 * Implements AES-256-EAX (Bellare, Rogaway, Wagner: "The EAX Mode of Operation") with a 16-byte nonce and tag, over
 * Bouncy Castle. It opens version-1 messages and never seals.
 */
@Component
public final class Aes256Eax implements AeadSuite {
    private static final AeadId ID = new AeadId(3, "AES_256_EAX", 16, false);

    @Override
    public AeadId id() {
        return ID;
    }

    @Override
    public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
        throw new UnsupportedOperationException("AES-256-EAX opens version-1 messages only: choose another suite");
    }

    @Override
    public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
            throws AuthenticationFailedException {
        if (key.length != AeadId.KEY_LENGTH) {
            throw new IllegalArgumentException("a key has 32 bytes, not " + key.length);
        }
        if (nonce.length != ID.nonceLength()) {
            throw new IllegalArgumentException("a nonce here has " + ID.nonceLength() + " bytes, not " + nonce.length);
        }
        return decrypt(key, nonce, associatedData, ciphertext);
    }

    /** Like {@link #open}, for every length of key and nonce that the mode itself allows. */
    static byte[] decrypt(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
            throws AuthenticationFailedException {
        if (ciphertext.length < AeadId.TAG_LENGTH) {
            throw new AuthenticationFailedException();
        }
        byte[] plaintext = new byte[ciphertext.length - AeadId.TAG_LENGTH];
        EAXBlockCipher eax = new EAXBlockCipher(AESEngine.newInstance());
        eax.init(false, new AEADParameters(new KeyParameter(key), 8 * AeadId.TAG_LENGTH, nonce, associatedData));
        try {
            int written = eax.processBytes(ciphertext, 0, ciphertext.length, plaintext, 0);
            eax.doFinal(plaintext, written);
            return plaintext;
        } catch (InvalidCipherTextException e) {
            // Bouncy Castle decrypts before it has checked the tag: none of that may remain.
            Arrays.fill(plaintext, (byte) 0);
            throw new AuthenticationFailedException();
        }
    }
}
