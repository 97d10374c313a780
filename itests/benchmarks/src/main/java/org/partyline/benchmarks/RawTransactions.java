package org.partyline.benchmarks;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Raw transactions as a node announces them: kinds and sizes as on mainnet, with invented hashes, signatures and keys.
 * A third carry an OP_RETURN of 20 to 80 bytes.
 */
public final class RawTransactions {
    private static final int HASH = 32;
    private static final int ECDSA = 72;
    private static final int SCHNORR = 64;
    private static final int PUBLIC_KEY = 33;

    private final Random random;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private RawTransactions(long seed) {
        random = new Random(seed);
    }

    /**
     * Creates transactions; the same ones for the same seed.
     *
     * @param count how many, at least 20 for the mix to come out
     */
    public static List<byte[]> mix(int count, long seed) {
        RawTransactions maker = new RawTransactions(seed);
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(maker.one(i % 20));
        }
        Collections.shuffle(all, maker.random);
        return all;
    }

    private byte[] one(int kind) {
        if (kind < 7) {
            return segwit(1, ECDSA, PUBLIC_KEY, outputs(2, 22), -1);
        }
        if (kind < 13) {
            return segwit(1, ECDSA, PUBLIC_KEY, outputs(1, 22), 20 + random.nextInt(61));
        }
        return switch (kind) {
            case 13, 14 -> segwit(2, ECDSA, PUBLIC_KEY, outputs(2, 22), -1);
            case 15, 16 -> segwit(1, SCHNORR, 0, outputs(2, 34), -1);
            case 17 -> legacy(1, outputs(2, 25));
            case 18 -> segwit(1, ECDSA, PUBLIC_KEY, outputs(25, 22), -1);
            default -> segwit(12, ECDSA, PUBLIC_KEY, outputs(1, 22), 80);
        };
    }

    private List<byte[]> outputs(int count, int scriptLength) {
        List<byte[]> scripts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] script = bytes(scriptLength);
            switch (scriptLength) {
                case 22 -> begin(script, 0x00, 0x14);
                case 34 -> begin(script, 0x51, 0x20);
                default -> {
                    begin(script, 0x76, 0xa9, 0x14);
                    script[23] = (byte) 0x88;
                    script[24] = (byte) 0xac;
                }
            }
            scripts.add(script);
        }
        return scripts;
    }

    private byte[] segwit(int inputs, int signature, int publicKey, List<byte[]> scripts, int payload) {
        out.reset();
        number(2, 4);
        number(0, 1);
        number(1, 1);
        compactSize(inputs);
        for (int i = 0; i < inputs; i++) {
            outpoint();
            compactSize(0);
            number(0xfffffffd, 4);
        }
        outputs(scripts, payload);
        for (int i = 0; i < inputs; i++) {
            compactSize(publicKey == 0 ? 1 : 2);
            push(signature);
            if (publicKey != 0) {
                push(publicKey);
            }
        }
        number(940_000, 4);
        return out.toByteArray();
    }

    private byte[] legacy(int inputs, List<byte[]> scripts) {
        out.reset();
        number(2, 4);
        compactSize(inputs);
        for (int i = 0; i < inputs; i++) {
            outpoint();
            compactSize(2 + ECDSA + PUBLIC_KEY);
            push(ECDSA);
            push(PUBLIC_KEY);
            number(0xfffffffd, 4);
        }
        outputs(scripts, -1);
        number(940_000, 4);
        return out.toByteArray();
    }

    private void outpoint() {
        out.writeBytes(bytes(HASH));
        number(random.nextInt(4), 4);
    }

    private void outputs(List<byte[]> scripts, int payload) {
        compactSize(scripts.size() + (payload < 0 ? 0 : 1));
        if (payload >= 0) {
            number(0, 8);
            compactSize(payload + (payload > 75 ? 3 : 2));
            number(0x6a, 1);
            if (payload > 75) {
                number(0x4c, 1);
            }
            push(payload);
        }
        for (byte[] script : scripts) {
            number(294 + random.nextInt(100_000_000), 8);
            compactSize(script.length);
            out.writeBytes(script);
        }
    }

    /** A length of one byte, and this many bytes. */
    private void push(int length) {
        number(length, 1);
        out.writeBytes(bytes(length));
    }

    private void compactSize(int value) {
        if (value >= 0xfd) {
            throw new IllegalArgumentException("nothing here is that long: " + value);
        }
        number(value, 1);
    }

    private void number(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void begin(byte[] script, int... first) {
        for (int i = 0; i < first.length; i++) {
            script[i] = (byte) first[i];
        }
    }
}
