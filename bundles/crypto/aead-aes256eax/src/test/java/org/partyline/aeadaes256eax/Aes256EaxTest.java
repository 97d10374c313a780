package org.partyline.aeadaes256eax;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.EAXBlockCipher;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.AeadId;
import org.partyline.testkit.AeadSuiteContract;

/** Uses Bouncy Castle as the second implementation. */
class Aes256EaxTest extends AeadSuiteContract {
    Aes256EaxTest() {
        super(AeadId.AES_256_EAX, new Aes256Eax());
    }

    @Override
    protected AEADCipher another() {
        return new EAXBlockCipher(AESEngine.newInstance());
    }

    @Test
    void itNeverSeals() {
        assertFalse(suite.id().seals());
        assertThrows(
                UnsupportedOperationException.class,
                () -> suite.seal(new byte[32], new byte[nonceLength], new byte[0], new byte[8]));
    }
}
