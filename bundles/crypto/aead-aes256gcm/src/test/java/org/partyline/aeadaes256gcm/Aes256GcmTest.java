package org.partyline.aeadaes256gcm;

import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.partyline.api.crypto.AeadId;
import org.partyline.testkit.SealingAeadSuiteContract;

/** Uses Bouncy Castle as the second implementation. */
class Aes256GcmTest extends SealingAeadSuiteContract {
    Aes256GcmTest() {
        super(AeadId.AES_256_GCM, new Aes256Gcm());
    }

    @Override
    protected AEADCipher another() {
        return GCMBlockCipher.newInstance(AESEngine.newInstance());
    }
}
