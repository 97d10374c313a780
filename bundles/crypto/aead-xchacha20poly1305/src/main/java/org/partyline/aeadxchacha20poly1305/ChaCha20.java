package org.partyline.aeadxchacha20poly1305;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Derives the key of a packet's cipher with HChaCha20 (draft-irtf-cfrg-xchacha-03, section 2.2), and encrypts with
 * ChaCha20 (RFC 8439, section 2.4).
 *
 * <p>Words are never written in a loop: the JIT compiler of Java 17.0.21 can lose the last word of such a loop.
 */
final class ChaCha20 implements AutoCloseable {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int DOUBLE_ROUNDS = 10;
    private static final int BLOCK_LENGTH = 64;
    private static final int COUNTER = 12;

    private final int[] state = new int[16];
    private final int[] working = new int[16];
    private final byte[] block = new byte[BLOCK_LENGTH];

    /**
     * XChaCha20 (draft-irtf-cfrg-xchacha-03, section 2.3): the first 16 bytes of the nonce are used to derive the key,
     * the rest follow four zero bytes.
     *
     * @param key 32 bytes
     * @param nonce 24 bytes
     */
    ChaCha20(byte[] key, byte[] nonce) {
        constants(state);
        read(key, 0, state, 4);
        read(key, 16, state, 8);
        read(nonce, 0, state, 12);
        rounds(state);
        // HChaCha20 returns the first and the last row and, unlike ChaCha20, does not add the input.
        System.arraycopy(state, 0, state, 4, 4);
        System.arraycopy(state, 12, state, 8, 4);
        constants(state);
        state[COUNTER] = 0;
        state[13] = 0;
        state[14] = (int) WORD.get(nonce, 16);
        state[15] = (int) WORD.get(nonce, 20);
    }

    /**
     * HChaCha20 alone.
     *
     * @param nonce 24 bytes, of which only the first 16 are used
     * @return 32 bytes
     */
    static byte[] subkey(byte[] key, byte[] nonce) {
        try (ChaCha20 cipher = new ChaCha20(key, nonce)) {
            byte[] subkey = new byte[32];
            write(cipher.state, 4, subkey, 0);
            write(cipher.state, 8, subkey, 16);
            return subkey;
        }
    }

    /** "expand 32-byte k". */
    private static void constants(int[] state) {
        state[0] = 0x61707865;
        state[1] = 0x3320646e;
        state[2] = 0x79622d32;
        state[3] = 0x6b206574;
    }

    /**
     * Returns the next 64 bytes of the key stream, in an array that the next call overwrites and {@link #close()}
     * wipes.
     */
    byte[] nextBlock() {
        System.arraycopy(state, 0, working, 0, working.length);
        rounds(working);
        for (int i = 0; i < working.length; i++) {
            working[i] += state[i];
        }
        write(working, 0, block, 0);
        write(working, 4, block, 16);
        write(working, 8, block, 32);
        write(working, 12, block, 48);
        state[COUNTER]++;
        return block;
    }

    /** Encrypts or decrypts with the key stream from this position on. */
    void apply(byte[] input, int length, byte[] output) {
        for (int at = 0; at < length; at += BLOCK_LENGTH) {
            byte[] stream = nextBlock();
            int end = Math.min(BLOCK_LENGTH, length - at);
            for (int i = 0; i < end; i++) {
                output[at + i] = (byte) (input[at + i] ^ stream[i]);
            }
        }
    }

    private static void read(byte[] bytes, int from, int[] words, int to) {
        words[to] = (int) WORD.get(bytes, from);
        words[to + 1] = (int) WORD.get(bytes, from + 4);
        words[to + 2] = (int) WORD.get(bytes, from + 8);
        words[to + 3] = (int) WORD.get(bytes, from + 12);
    }

    private static void write(int[] words, int from, byte[] bytes, int to) {
        WORD.set(bytes, to, words[from]);
        WORD.set(bytes, to + 4, words[from + 1]);
        WORD.set(bytes, to + 8, words[from + 2]);
        WORD.set(bytes, to + 12, words[from + 3]);
    }

    /** The twenty rounds, in local variables: array accesses would be bounds-checked. */
    private static void rounds(int[] s) {
        int x0 = s[0];
        int x1 = s[1];
        int x2 = s[2];
        int x3 = s[3];
        int x4 = s[4];
        int x5 = s[5];
        int x6 = s[6];
        int x7 = s[7];
        int x8 = s[8];
        int x9 = s[9];
        int x10 = s[10];
        int x11 = s[11];
        int x12 = s[12];
        int x13 = s[13];
        int x14 = s[14];
        int x15 = s[15];
        for (int i = 0; i < DOUBLE_ROUNDS; i++) {
            x0 += x4;
            x12 = Integer.rotateLeft(x12 ^ x0, 16);
            x8 += x12;
            x4 = Integer.rotateLeft(x4 ^ x8, 12);
            x0 += x4;
            x12 = Integer.rotateLeft(x12 ^ x0, 8);
            x8 += x12;
            x4 = Integer.rotateLeft(x4 ^ x8, 7);
            x1 += x5;
            x13 = Integer.rotateLeft(x13 ^ x1, 16);
            x9 += x13;
            x5 = Integer.rotateLeft(x5 ^ x9, 12);
            x1 += x5;
            x13 = Integer.rotateLeft(x13 ^ x1, 8);
            x9 += x13;
            x5 = Integer.rotateLeft(x5 ^ x9, 7);
            x2 += x6;
            x14 = Integer.rotateLeft(x14 ^ x2, 16);
            x10 += x14;
            x6 = Integer.rotateLeft(x6 ^ x10, 12);
            x2 += x6;
            x14 = Integer.rotateLeft(x14 ^ x2, 8);
            x10 += x14;
            x6 = Integer.rotateLeft(x6 ^ x10, 7);
            x3 += x7;
            x15 = Integer.rotateLeft(x15 ^ x3, 16);
            x11 += x15;
            x7 = Integer.rotateLeft(x7 ^ x11, 12);
            x3 += x7;
            x15 = Integer.rotateLeft(x15 ^ x3, 8);
            x11 += x15;
            x7 = Integer.rotateLeft(x7 ^ x11, 7);
            x0 += x5;
            x15 = Integer.rotateLeft(x15 ^ x0, 16);
            x10 += x15;
            x5 = Integer.rotateLeft(x5 ^ x10, 12);
            x0 += x5;
            x15 = Integer.rotateLeft(x15 ^ x0, 8);
            x10 += x15;
            x5 = Integer.rotateLeft(x5 ^ x10, 7);
            x1 += x6;
            x12 = Integer.rotateLeft(x12 ^ x1, 16);
            x11 += x12;
            x6 = Integer.rotateLeft(x6 ^ x11, 12);
            x1 += x6;
            x12 = Integer.rotateLeft(x12 ^ x1, 8);
            x11 += x12;
            x6 = Integer.rotateLeft(x6 ^ x11, 7);
            x2 += x7;
            x13 = Integer.rotateLeft(x13 ^ x2, 16);
            x8 += x13;
            x7 = Integer.rotateLeft(x7 ^ x8, 12);
            x2 += x7;
            x13 = Integer.rotateLeft(x13 ^ x2, 8);
            x8 += x13;
            x7 = Integer.rotateLeft(x7 ^ x8, 7);
            x3 += x4;
            x14 = Integer.rotateLeft(x14 ^ x3, 16);
            x9 += x14;
            x4 = Integer.rotateLeft(x4 ^ x9, 12);
            x3 += x4;
            x14 = Integer.rotateLeft(x14 ^ x3, 8);
            x9 += x14;
            x4 = Integer.rotateLeft(x4 ^ x9, 7);
        }
        s[0] = x0;
        s[1] = x1;
        s[2] = x2;
        s[3] = x3;
        s[4] = x4;
        s[5] = x5;
        s[6] = x6;
        s[7] = x7;
        s[8] = x8;
        s[9] = x9;
        s[10] = x10;
        s[11] = x11;
        s[12] = x12;
        s[13] = x13;
        s[14] = x14;
        s[15] = x15;
    }

    /** Wipes the key. */
    @Override
    public void close() {
        Arrays.fill(state, 0);
        Arrays.fill(working, 0);
        Arrays.fill(block, (byte) 0);
    }
}
