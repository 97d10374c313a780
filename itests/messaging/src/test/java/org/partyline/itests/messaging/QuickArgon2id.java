package org.partyline.itests.messaging;

import java.nio.charset.StandardCharsets;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** Replaces Argon2id at the cost of a hash, so that tests use the normal limits. */
final class QuickArgon2id implements KeyDerivation {
    @Override
    public KdfId id() {
        return KdfId.ARGON2ID;
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        byte[] info = (parameters.timeCost() + " " + parameters.memory() + " " + parameters.parallelism())
                .getBytes(StandardCharsets.US_ASCII);
        return SecretBytes.wrap(Hkdf.derive(secret, salt, info, length));
    }
}
