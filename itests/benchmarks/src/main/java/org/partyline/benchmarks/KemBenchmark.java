package org.partyline.benchmarks;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import javax.crypto.KeyAgreement;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KemKeyException;
import org.partyline.kemmlkem768.MlKem768;

/** Compares the cost of a post-quantum key exchange with the X25519 of the JDK. */
@State(Scope.Benchmark)
public class KemBenchmark {
    private final Kem kem = new MlKem768();
    private final SecureRandom random = new SecureRandom();
    private final SecretBytes seed = SecretBytes.wrap(bytes(Kem.SEED_LENGTH));
    private final byte[] key = kem.encapsulationKey(seed);
    private final byte[] ciphertext = encapsulate();
    private final KeyPairGenerator generator = generator();
    private final KeyPair own = generator.generateKeyPair();
    private final KeyPair peer = generator.generateKeyPair();

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static KeyPairGenerator generator() {
        try {
            return KeyPairGenerator.getInstance("X25519");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no X25519", e);
        }
    }

    /** An encapsulation key from a fresh seed. */
    @Benchmark
    public byte[] key() {
        try (SecretBytes fresh = SecretBytes.wrap(bytes(Kem.SEED_LENGTH))) {
            return kem.encapsulationKey(fresh);
        }
    }

    /** A secret and its ciphertext for a key that arrived. */
    @Benchmark
    public byte[] encapsulate() {
        try (Kem.Encapsulated made = kem.encapsulate(key, random)) {
            return made.ciphertext();
        } catch (KemKeyException e) {
            throw new IllegalStateException("a key of ours is refused", e);
        }
    }

    /** The secret of a ciphertext, from the stored seed. */
    @Benchmark
    public int decapsulate() {
        try (SecretBytes secret = kem.decapsulate(seed, ciphertext)) {
            return secret.expose()[0];
        }
    }

    /** A key pair of the JDK. */
    @Benchmark
    public KeyPair x25519Key() {
        return generator.generateKeyPair();
    }

    /** An agreement of the JDK. */
    @Benchmark
    public byte[] x25519Agree() throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(own.getPrivate());
        agreement.doPhase(peer.getPublic(), true);
        return agreement.generateSecret();
    }
}
