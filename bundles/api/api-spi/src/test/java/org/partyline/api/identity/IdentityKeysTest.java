package org.partyline.api.identity;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;

class IdentityKeysTest {
    @Test
    void allThreeSecretsAreWiped() {
        List<SecretBytes> secrets =
                List.of(SecretBytes.wrap(new byte[32]), SecretBytes.wrap(new byte[32]), SecretBytes.wrap(new byte[16]));
        new IdentityKeys(secrets.get(0), secrets.get(1), secrets.get(2), null).close();
        for (SecretBytes secret : secrets) {
            assertThrows(IllegalStateException.class, secret::expose);
        }
    }
}
