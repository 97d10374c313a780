package org.partyline.kdfargon2id;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** Argon2id version 1.3 (RFC 9106) over Bouncy Castle, which runs the lanes one after another. */
@Component
public final class Argon2id implements KeyDerivation {
    private static final KdfId ID = KdfId.ARGON2ID;

    @Override
    public KdfId id() {
        return ID;
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        if (parameters.id() != ID) {
            throw new IllegalArgumentException(
                    "key derivation: these are parameters of " + parameters.id() + ", not of " + ID);
        }
        range("the salt", salt.length, 8, 64);
        range("the output", length, 16, 64);
        requireHeap(parameters.memory(), Runtime.getRuntime().maxMemory());
        Argon2Parameters argon2 = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(parameters.timeCost())
                .withMemoryAsKB(parameters.memory())
                .withParallelism(parameters.parallelism())
                .withSalt(salt)
                .build();
        byte[] key = new byte[length];
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(argon2);
        // Bouncy Castle zeroes the memory it filled before this returns.
        generator.generateBytes(secret, key);
        return SecretBytes.wrap(key);
    }

    /** Better one refused invite than an OutOfMemoryError, which would hit whoever allocates next. */
    static void requireHeap(int kibibytes, long heap) {
        if (kibibytes > heap >> 10) {
            throw new IllegalArgumentException("key derivation: Argon2id asks for " + kibibytes
                    + " KiB of memory and this Java has " + (heap >> 10) + " KiB: raise -Xmx");
        }
    }

    private static void range(String what, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "key derivation: " + what + " must be " + low + " to " + high + " bytes, not " + value);
        }
    }
}
