package org.partyline.aeadxchacha20poly1305;

import org.bouncycastle.crypto.modes.AEADCipher;
import org.partyline.api.crypto.AeadId;
import org.partyline.testkit.SealingAeadSuiteContract;

/** Uses Bouncy Castle as the second implementation. */
class XChaCha20Poly1305Test extends SealingAeadSuiteContract {
    XChaCha20Poly1305Test() {
        super(AeadId.XCHACHA20_POLY1305, new XChaCha20Poly1305());
    }

    @Override
    protected AEADCipher another() {
        return new org.bouncycastle.crypto.modes.XChaCha20Poly1305();
    }
}
