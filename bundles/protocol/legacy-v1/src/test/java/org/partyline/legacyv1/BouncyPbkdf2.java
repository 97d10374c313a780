package org.partyline.legacyv1;

import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** Bouncy Castle's PBKDF2 behind the project's interface, with any id. */
record BouncyPbkdf2(KdfId id) implements KeyDerivation {
    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(SHA256Digest.newInstance());
        generator.init(secret, salt, parameters.memory());
        return SecretBytes.wrap(((KeyParameter) generator.generateDerivedParameters(8 * length)).getKey());
    }
}
