package org.partyline.legacyv1;

import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.EAXBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** Bouncy Castle's EAX behind the project's interface; it seals too, so that tests can write version-1 messages. */
final class BouncyEax implements AeadSuite {
    private static final int TAG_BITS = 128;

    @Override
    public AeadId id() {
        return AeadId.AES_256_EAX;
    }

    @Override
    public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
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
            return run(false, key, nonce, associatedData, ciphertext);
        } catch (InvalidCipherTextException e) {
            throw new AuthenticationFailedException();
        }
    }

    private static byte[] run(boolean seal, byte[] key, byte[] nonce, byte[] associatedData, byte[] input)
            throws InvalidCipherTextException {
        EAXBlockCipher eax = new EAXBlockCipher(AESEngine.newInstance());
        eax.init(seal, new AEADParameters(new KeyParameter(key), TAG_BITS, nonce, associatedData));
        byte[] output = new byte[eax.getOutputSize(input.length)];
        int length = eax.processBytes(input, 0, input.length, output, 0);
        length += eax.doFinal(output, length);
        return Arrays.copyOf(output, length);
    }
}
