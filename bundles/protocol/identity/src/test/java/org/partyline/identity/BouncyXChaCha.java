package org.partyline.identity;

import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.XChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** Bouncy Castle's cipher behind the project's interface; records its arguments. */
final class BouncyXChaCha implements AeadSuite {
    byte[] lastKey;
    byte[] lastPlaintext;

    @Override
    public AeadId id() {
        return AeadId.XCHACHA20_POLY1305;
    }

    @Override
    public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
        lastPlaintext = plaintext;
        try {
            return run(true, key, nonce, associatedData, plaintext);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
            throws AuthenticationFailedException {
        try {
            lastPlaintext = run(false, key, nonce, associatedData, ciphertext);
            return lastPlaintext;
        } catch (InvalidCipherTextException e) {
            throw new AuthenticationFailedException();
        }
    }

    private byte[] run(boolean seal, byte[] key, byte[] nonce, byte[] associatedData, byte[] input)
            throws InvalidCipherTextException {
        lastKey = key;
        XChaCha20Poly1305 cipher = new XChaCha20Poly1305();
        cipher.init(seal, new AEADParameters(new KeyParameter(key), 128, nonce, associatedData));
        byte[] output = new byte[cipher.getOutputSize(input.length)];
        int length = cipher.processBytes(input, 0, input.length, output, 0);
        length += cipher.doFinal(output, length);
        return Arrays.copyOf(output, length);
    }
}
