package org.partyline.messaging.conversation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RevokedKeysTest {
    private static byte[] key(int number) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) number);
        return key;
    }

    @Test
    void aKeyIsFoundOnceItIsAddedAndNotBefore() {
        byte[] keys = RevokedKeys.with(RevokedKeys.with(null, key(1)), key(2));
        assertEquals(64, keys.length);
        assertTrue(RevokedKeys.has(keys, key(1)));
        assertTrue(RevokedKeys.has(keys, key(2)));
        assertFalse(RevokedKeys.has(keys, key(3)));
        assertFalse(RevokedKeys.has(null, key(1)));
        assertFalse(RevokedKeys.has(keys, null), "a stranger's");
        assertArrayEquals(keys, RevokedKeys.with(keys, key(1)), "it is there already");
        assertArrayEquals(keys, RevokedKeys.with(keys, null));
    }

    /** A key that begins in the middle of another one is none of them. */
    @Test
    void aKeyIsComparedWhole() {
        byte[] keys = RevokedKeys.with(RevokedKeys.with(null, key(1)), key(2));
        assertFalse(RevokedKeys.has(keys, Arrays.copyOfRange(keys, 16, 48)));
        assertFalse(RevokedKeys.has(keys, Arrays.copyOf(key(1), 31)));
    }

    @Test
    void theOldestIsDroppedForTheNewest() {
        byte[] keys = new byte[0];
        for (int number = 0; number <= RevokedKeys.MOST; number++) {
            keys = RevokedKeys.with(keys, key(number));
        }
        assertEquals(RevokedKeys.MOST * 32, keys.length);
        assertTrue(RevokedKeys.isSound(keys));
        assertFalse(RevokedKeys.has(keys, key(0)));
        assertTrue(RevokedKeys.has(keys, key(1)));
        assertTrue(RevokedKeys.has(keys, key(RevokedKeys.MOST)));
    }

    @Test
    void partsOfKeysAndTooManyAreNotSound() {
        assertTrue(RevokedKeys.isSound(null));
        assertTrue(RevokedKeys.isSound(new byte[0]));
        assertFalse(RevokedKeys.isSound(new byte[31]));
        assertFalse(RevokedKeys.isSound(new byte[(RevokedKeys.MOST + 1) * 32]));
    }
}
