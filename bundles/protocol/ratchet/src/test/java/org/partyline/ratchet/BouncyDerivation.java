package org.partyline.ratchet;

import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** Bouncy Castle's derivations behind the project's interface: bundles do not import each other, not even in tests. */
record BouncyDerivation(KdfId id) implements KeyDerivation {
    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        return SecretBytes.wrap(
                switch (id.name()) {
                    case "ARGON2ID" -> argon2(secret, salt, parameters, length);
                    case "PBKDF2_SHA256" -> pbkdf2(secret, salt, parameters, length);
                    case "SCRYPT" ->
                        SCrypt.generate(
                                secret,
                                salt,
                                parameters.memory(),
                                parameters.timeCost(),
                                parameters.parallelism(),
                                length);
                    default -> throw new IllegalArgumentException("no derivation " + id);
                });
    }

    private static byte[] argon2(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withSalt(salt)
                .withIterations(parameters.timeCost())
                .withMemoryAsKB(parameters.memory())
                .withParallelism(parameters.parallelism())
                .build());
        byte[] output = new byte[length];
        generator.generateBytes(secret, output);
        return output;
    }

    private static byte[] pbkdf2(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(SHA256Digest.newInstance());
        generator.init(secret, salt, parameters.memory());
        return ((KeyParameter) generator.generateDerivedParameters(8 * length)).getKey();
    }
}
