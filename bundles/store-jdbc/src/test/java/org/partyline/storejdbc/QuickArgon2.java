package org.partyline.storejdbc;

import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** Argon2id that counts how often it runs; cheap with {@link #CHEAP}. */
final class QuickArgon2 implements KeyDerivation {
    /** The least that Argon2id takes. */
    static final KdfParameters CHEAP = new KdfParameters(KdfId.ARGON2ID, 1, 8, 1);

    final AtomicInteger runs = new AtomicInteger();

    @Override
    public KdfId id() {
        return KdfId.ARGON2ID;
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        runs.incrementAndGet();
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(parameters.timeCost())
                .withMemoryAsKB(parameters.memory())
                .withParallelism(parameters.parallelism())
                .withSalt(salt)
                .build());
        byte[] key = new byte[length];
        generator.generateBytes(secret, key);
        return SecretBytes.wrap(key);
    }
}
