package org.partyline.packet;

import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.modes.EAXBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.XChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** Bouncy Castle's ciphers behind the project's interface: bundles do not import each other, not even in tests. */
record BouncySuites(AeadId id) implements AeadSuite {
    private static final int TAG_BITS = 128;

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

    private byte[] run(boolean seal, byte[] key, byte[] nonce, byte[] associatedData, byte[] input)
            throws InvalidCipherTextException {
        AEADCipher cipher = cipher();
        cipher.init(seal, new AEADParameters(new KeyParameter(key), TAG_BITS, nonce, associatedData));
        byte[] output = new byte[cipher.getOutputSize(input.length)];
        int length = cipher.processBytes(input, 0, input.length, output, 0);
        length += cipher.doFinal(output, length);
        return Arrays.copyOf(output, length);
    }

    private AEADCipher cipher() {
        return switch (id.name()) {
            case "XCHACHA20_POLY1305" -> new XChaCha20Poly1305();
            case "AES_256_GCM" -> GCMBlockCipher.newInstance(AESEngine.newInstance());
            case "AES_256_EAX" -> new EAXBlockCipher(AESEngine.newInstance());
            case "CHACHA20_POLY1305" -> new ChaCha20Poly1305();
            default -> throw new IllegalArgumentException("no cipher " + id);
        };
    }
}
