package org.partyline.aeadxchacha20poly1305;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Derives a subkey from a key and 16 nonce bytes with HChaCha20 (draft-irtf-cfrg-xchacha-03, section 2.2). */
final class HChaCha20 {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int DOUBLE_ROUNDS = 10;

    private HChaCha20() {}

    /**
     * @param key 32 bytes
     * @param nonce its first 16 bytes count
     * @return 32 bytes; the caller wipes them
     */
    static byte[] subkey(byte[] key, byte[] nonce) {
        int[] s = new int[16];
        // "expand 32-byte k"
        s[0] = 0x61707865;
        s[1] = 0x3320646e;
        s[2] = 0x79622d32;
        s[3] = 0x6b206574;
        for (int i = 0; i < 8; i++) {
            s[4 + i] = (int) WORD.get(key, 4 * i);
        }
        for (int i = 0; i < 4; i++) {
            s[12 + i] = (int) WORD.get(nonce, 4 * i);
        }
        for (int i = 0; i < DOUBLE_ROUNDS; i++) {
            quarterRound(s, 0, 4, 8, 12);
            quarterRound(s, 1, 5, 9, 13);
            quarterRound(s, 2, 6, 10, 14);
            quarterRound(s, 3, 7, 11, 15);
            quarterRound(s, 0, 5, 10, 15);
            quarterRound(s, 1, 6, 11, 12);
            quarterRound(s, 2, 7, 8, 13);
            quarterRound(s, 3, 4, 9, 14);
        }
        // The first and the last row, and unlike in ChaCha20 without the input added.
        byte[] subkey = new byte[32];
        for (int i = 0; i < 4; i++) {
            WORD.set(subkey, 4 * i, s[i]);
            WORD.set(subkey, 16 + 4 * i, s[12 + i]);
        }
        Arrays.fill(s, 0);
        return subkey;
    }

    private static void quarterRound(int[] s, int a, int b, int c, int d) {
        s[a] += s[b];
        s[d] = Integer.rotateLeft(s[d] ^ s[a], 16);
        s[c] += s[d];
        s[b] = Integer.rotateLeft(s[b] ^ s[c], 12);
        s[a] += s[b];
        s[d] = Integer.rotateLeft(s[d] ^ s[a], 8);
        s[c] += s[d];
        s[b] = Integer.rotateLeft(s[b] ^ s[c], 7);
    }
}
