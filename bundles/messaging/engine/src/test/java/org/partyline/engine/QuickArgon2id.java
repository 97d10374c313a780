package org.partyline.engine;

import java.nio.charset.StandardCharsets;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** In the place of Argon2id, at the cost of a hash: so tests keep the limits that everybody keeps. */
final class QuickArgon2id implements KeyDerivation {
    private static final KdfMemory NONE_LEFT = new KdfMemory(new KdfMemory.Heap() {
        @Override
        public long most() {
            return 1 << 20;
        }

        @Override
        public long used() {
            return most();
        }

        @Override
        public void collect() {
            // All of it is in use.
        }
    });

    /** Whether the server has no memory to spare. */
    volatile boolean memoryGone;

    @Override
    public KdfId id() {
        return KdfId.ARGON2ID;
    }

    @Override
    public void requireMemory(KdfParameters parameters) {
        if (memoryGone) {
            NONE_LEFT.require(parameters);
        }
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        requireMemory(parameters);
        byte[] info = (parameters.timeCost() + " " + parameters.memory() + " " + parameters.parallelism())
                .getBytes(StandardCharsets.US_ASCII);
        return SecretBytes.wrap(Hkdf.derive(secret, salt, info, length));
    }
}
