package org.partyline.kdfargon2id;

import java.util.Optional;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/**
 * Implements Argon2id version 1.3 (RFC 9106) with the system's libargon2 or, if it is not installed or does not work,
 * with Bouncy Castle, which runs the lanes one after another.
 */
@Component
public final class Argon2id implements KeyDerivation {
    private static final KdfId ID = new KdfId(1, "ARGON2ID");

    private final KdfMemory memory;
    private final BlockPools pools;
    private final Optional<NativeArgon2> library;

    /** For Declarative Services. */
    @Activate
    public Argon2id() {
        this(KdfMemory.ofThisProcess());
    }

    Argon2id(KdfMemory memory) {
        this(memory, new BlockPools(), NativeArgon2.load(NativeArgon2.LIBRARY));
    }

    Argon2id(KdfMemory memory, BlockPools pools, Optional<NativeArgon2> library) {
        this.memory = memory;
        this.pools = pools;
        this.library = library;
    }

    @Override
    public KdfId id() {
        return ID;
    }

    @Override
    public void requireMemory(KdfParameters parameters) {
        memory.require(parameters);
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        if (!parameters.id().equals(ID)) {
            throw new IllegalArgumentException(
                    "key derivation: these are parameters of " + parameters.id() + ", not of " + ID);
        }
        range("the salt", salt.length, 8, 64);
        range("the output", length, 16, 64);
        return memory.run(parameters, () -> {
            byte[] key = new byte[length];
            if (library.isEmpty() || !library.get().derive(secret, salt, parameters, key)) {
                bouncyCastle(secret, salt, parameters, key);
            }
            return SecretBytes.wrap(key);
        });
    }

    private void bouncyCastle(byte[] secret, byte[] salt, KdfParameters parameters, byte[] key) {
        BlockPools.Pool blocks = pools.take();
        try {
            bouncyCastle(secret, salt, parameters, key, blocks);
        } finally {
            pools.giveBack(blocks);
        }
    }

    private static void bouncyCastle(
            byte[] secret, byte[] salt, KdfParameters parameters, byte[] key, BlockPools.Pool blocks) {
        Argon2Parameters argon2 = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(parameters.timeCost())
                .withMemoryAsKB(parameters.memory())
                .withParallelism(parameters.parallelism())
                .withSalt(salt)
                .withBlockPool(blocks)
                .build();
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(argon2);
        // Before this returns, Bouncy Castle returns all blocks to the pool, which zeroes them.
        generator.generateBytes(secret, key);
    }

    private static void range(String what, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "key derivation: " + what + " must be " + low + " to " + high + " bytes, not " + value);
        }
    }
}
