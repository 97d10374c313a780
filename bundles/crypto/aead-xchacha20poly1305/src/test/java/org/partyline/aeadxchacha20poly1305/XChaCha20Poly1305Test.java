package org.partyline.aeadxchacha20poly1305;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.InvalidKeyException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.AeadId;
import org.partyline.testkit.SealingAeadSuiteContract;

/** With Bouncy Castle as the second opinion. */
class XChaCha20Poly1305Test extends SealingAeadSuiteContract {
    XChaCha20Poly1305Test() {
        super(AeadId.XCHACHA20_POLY1305, new XChaCha20Poly1305());
    }

    @Override
    protected AEADCipher another() {
        return new org.bouncycastle.crypto.modes.XChaCha20Poly1305();
    }

    /** A platform that keeps a copy of the subkey refuses to begin with it again; ours is wiped by then. */
    @Test
    void aCipherThatRefusesToBeginAgainIsReplaced() throws Exception {
        XChaCha20Poly1305 xchacha = new XChaCha20Poly1305();
        SecretKeySpec subkey = new SecretKeySpec(bytes(32), "ChaCha20");
        IvParameterSpec nonce = new IvParameterSpec(bytes(12));
        Cipher first = xchacha.cipher(Cipher.ENCRYPT_MODE, subkey, nonce);
        byte[] sealed = first.doFinal(new byte[40]);
        assertThrows(InvalidKeyException.class, () -> first.init(Cipher.ENCRYPT_MODE, subkey, nonce));
        Cipher second = xchacha.cipher(Cipher.ENCRYPT_MODE, subkey, nonce);
        assertNotSame(first, second);
        assertArrayEquals(sealed, second.doFinal(new byte[40]));
    }
}
