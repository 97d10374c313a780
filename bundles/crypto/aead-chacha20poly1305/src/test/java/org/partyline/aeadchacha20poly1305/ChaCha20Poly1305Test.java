package org.partyline.aeadchacha20poly1305;

import org.bouncycastle.crypto.modes.AEADCipher;
import org.partyline.api.crypto.AeadId;
import org.partyline.testkit.SealingAeadSuiteContract;

/** Uses Bouncy Castle as the second implementation. */
class ChaCha20Poly1305Test extends SealingAeadSuiteContract {
    ChaCha20Poly1305Test() {
        super(AeadId.CHACHA20_POLY1305, new ChaCha20Poly1305());
    }

    @Override
    protected AEADCipher another() {
        return new org.bouncycastle.crypto.modes.ChaCha20Poly1305();
    }
}
