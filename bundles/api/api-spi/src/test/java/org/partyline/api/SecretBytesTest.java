package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SecretBytesTest {
    @Test
    void closingOverwritesTheBytesThatWereWrapped() {
        byte[] bytes = {1, 2, 3};
        SecretBytes secret = SecretBytes.wrap(bytes);
        assertSame(bytes, secret.expose());
        secret.close();
        assertArrayEquals(new byte[3], bytes);
    }

    @Test
    void everyByteIsOverwrittenWhateverTheLength() {
        for (int length : new int[] {0, 1, 31, 32, 33, 4096}) {
            byte[] bytes = new byte[length];
            java.util.Arrays.fill(bytes, (byte) 0xff);
            SecretBytes.wrap(bytes).close();
            assertArrayEquals(new byte[length], bytes);
        }
    }

    @Test
    void aWipedSecretIsNotGivenOutAnyMore() {
        SecretBytes secret = SecretBytes.wrap(new byte[] {1});
        secret.close();
        secret.close();
        assertThrows(IllegalStateException.class, secret::expose);
        assertThrows(IllegalStateException.class, secret::copy);
        assertEquals(1, secret.length());
    }

    @Test
    void aCopyHasAnOwnerOfItsOwn() {
        byte[] bytes = {1, 2, 3};
        SecretBytes copy = SecretBytes.copyOf(bytes);
        SecretBytes second = copy.copy();
        copy.close();
        assertArrayEquals(new byte[] {1, 2, 3}, bytes);
        assertArrayEquals(new byte[] {1, 2, 3}, second.expose());
    }

    @Test
    void equalityIsThatOfTheBytes() {
        assertEquals(SecretBytes.wrap(new byte[] {1, 2}), SecretBytes.wrap(new byte[] {1, 2}));
        assertNotEquals(SecretBytes.wrap(new byte[] {1, 2}), SecretBytes.wrap(new byte[] {1, 3}));
        assertNotEquals(SecretBytes.wrap(new byte[] {1, 2}), SecretBytes.wrap(new byte[] {1, 2, 0}));
        assertNotEquals(SecretBytes.wrap(new byte[] {1, 2}), "12");
    }

    @Test
    void neitherItsTextNorItsHashTellsTheContent() {
        assertEquals(
                "SecretBytes[2 bytes]", SecretBytes.wrap(new byte[] {77, 78}).toString());
        assertEquals(
                SecretBytes.wrap(new byte[] {77, 78}).hashCode(),
                SecretBytes.wrap(new byte[] {1, 2}).hashCode());
    }
}
