package org.partyline.benchmarks;

import java.util.Random;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.XChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** Opens a packet of 80 bytes whose key was never used before. */
@State(Scope.Benchmark)
public class OpeningBenchmark {
    private static final int PACKETS = 1024;
    private static final int TAG_BITS = 128;
    /** Version, locator, network, suite. */
    private static final int ASSOCIATED_DATA = 11;
    /** 80 bytes, minus version, locator and tag. */
    private static final int PLAINTEXT = 55;

    private final AeadSuite suite = new org.partyline.aeadxchacha20poly1305.XChaCha20Poly1305();
    private final XChaCha20Poly1305 cipher = new XChaCha20Poly1305();
    private final Packet[] packets = new Packet[PACKETS];
    private int next;

    record Packet(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext) {}

    /** Seals the packets. */
    public OpeningBenchmark() {
        Random random = new Random(3);
        for (int i = 0; i < PACKETS; i++) {
            byte[] key = bytes(random, 32);
            byte[] nonce = bytes(random, 24);
            byte[] associatedData = bytes(random, ASSOCIATED_DATA);
            packets[i] = new Packet(
                    key, nonce, associatedData, suite.seal(key, nonce, associatedData, bytes(random, PLAINTEXT)));
        }
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    Packet packet() {
        next = (next + 1) % PACKETS;
        return packets[next];
    }

    byte[] ours(Packet packet) throws AuthenticationFailedException {
        return suite.open(packet.key, packet.nonce, packet.associatedData, packet.ciphertext);
    }

    byte[] bouncyCastle(Packet packet) throws InvalidCipherTextException {
        cipher.init(
                false, new AEADParameters(new KeyParameter(packet.key), TAG_BITS, packet.nonce, packet.associatedData));
        byte[] plaintext = new byte[cipher.getOutputSize(packet.ciphertext.length)];
        int done = cipher.processBytes(packet.ciphertext, 0, packet.ciphertext.length, plaintext, 0);
        cipher.doFinal(plaintext, done);
        return plaintext;
    }

    /** The suite of the distribution. */
    @Benchmark
    public byte[] ours() throws AuthenticationFailedException {
        return ours(packet());
    }

    /** Bouncy Castle's lightweight cipher, one instance for all. */
    @Benchmark
    public byte[] bouncyCastle() throws InvalidCipherTextException {
        return bouncyCastle(packet());
    }
}
