package org.partyline.secretskeyring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.testkit.ArrayWatch;

class TransferKeyTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void bothEndsReadWhatTheOtherOneEncrypts() throws Exception {
        BigInteger ours = TransferKey.newPrivate(random);
        BigInteger theirs = TransferKey.newPrivate(random);
        assertEquals(128, TransferKey.publicOf(ours).length);
        try (TransferKey here = TransferKey.agree(ours, TransferKey.publicOf(theirs), random);
                TransferKey there = TransferKey.agree(theirs, TransferKey.publicOf(ours), random)) {
            byte[] plain = {1, 2, 3, 0};
            byte[][] encrypted = here.encrypt(plain);
            try (SecretBytes read = there.decrypt(encrypted[0], encrypted[1])) {
                assertArrayEquals(plain, read.expose());
            }
            assertFalse(Arrays.equals(encrypted[0], here.encrypt(plain)[0]));
        }
    }

    @Test
    void aPublicValueThatMakesNoSecretIsRefused() {
        BigInteger ours = TransferKey.newPrivate(random);
        byte[] prime = TransferKey.publicOf(ours);
        Arrays.fill(prime, (byte) 0xff);
        byte[] last = TransferKey.PRIME.subtract(BigInteger.ONE).toByteArray();
        for (byte[] bad : new byte[][] {{}, {0}, {1}, prime, last}) {
            assertThrows(GeneralSecurityException.class, () -> TransferKey.agree(ours, bad, random));
        }
    }

    @Test
    void neitherTheSharedSecretNorAKeyThatIsClosedIsLeft() throws Exception {
        BigInteger ours = TransferKey.newPrivate(random);
        byte[] theirs = TransferKey.publicOf(TransferKey.newPrivate(random));
        try (ArrayWatch watch = new ArrayWatch()) {
            TransferKey key = TransferKey.agree(ours, theirs, random);
            List<byte[]> shared =
                    watch.seen().stream().filter(array -> array.length == 128).toList();
            assertEquals(1, shared.size());
            assertArrayEquals(new byte[128], shared.get(0));
            key.close();
            assertThrows(IllegalStateException.class, () -> key.encrypt(new byte[1]));
        }
    }
}
