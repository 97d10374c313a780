package org.partyline.identity;

import java.nio.ByteBuffer;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** As binding as Argon2id and as cheap as HMAC; records its arguments and counts its calls. */
final class QuickDerivation implements KeyDerivation {
    byte[] lastSecret;
    byte[] lastSecretSeen = {};
    int calls;

    @Override
    public KdfId id() {
        return KdfId.ARGON2ID;
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        calls++;
        lastSecret = secret;
        lastSecretSeen = secret.clone();
        byte[] cost = ByteBuffer.allocate(12)
                .putInt(parameters.timeCost())
                .putInt(parameters.memory())
                .putInt(parameters.parallelism())
                .array();
        return SecretBytes.wrap(Hkdf.derive(secret, salt, cost, length));
    }
}
