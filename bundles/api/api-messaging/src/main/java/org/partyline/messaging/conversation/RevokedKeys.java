package org.partyline.messaging.conversation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The Ed25519 keys that an identity has replaced, so that no old card and no old backup brings them back: someone else
 * may know them. Stored as their bytes, oldest first; null stands for none.
 */
public final class RevokedKeys {
    /** The maximum number that is kept. */
    public static final int MOST = 64;

    private static final int KEY = 32;

    private RevokedKeys() {}

    /** The keys with one more; the oldest is dropped if there would be more than {@value #MOST}. */
    public static byte[] with(byte @Nullable [] keys, byte @Nullable [] key) {
        byte[] before = keys == null ? new byte[0] : keys;
        if (key == null || has(before, key)) {
            return before;
        }
        int from = Math.max(0, before.length - (MOST - 1) * KEY);
        byte[] all = Arrays.copyOfRange(before, from, before.length + KEY);
        System.arraycopy(key, 0, all, all.length - KEY, KEY);
        return all;
    }

    /** Whether a key is one of them. */
    public static boolean has(byte @Nullable [] keys, byte @Nullable [] key) {
        if (keys == null || key == null || key.length != KEY) {
            return false;
        }
        for (int at = 0; at + KEY <= keys.length; at += KEY) {
            if (Arrays.equals(keys, at, at + KEY, key, 0, KEY)) {
                return true;
            }
        }
        return false;
    }

    /** Whether these bytes can be such keys. */
    public static boolean isSound(byte @Nullable [] keys) {
        return keys == null || keys.length % KEY == 0 && keys.length <= MOST * KEY;
    }
}
