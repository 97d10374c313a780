package org.partyline.identity;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** Bouncy Castle's Argon2id behind the project's interface: bundles do not import each other, not even in tests. */
final class BouncyArgon2 implements KeyDerivation {
    @Override
    public KdfId id() {
        return KdfId.ARGON2ID;
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
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
