package org.partyline.engine;

import java.nio.charset.StandardCharsets;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** A derivation of a bundle that this repository does not know, with limits of its own: 2 rounds or more. */
record PrivateDerivation(KdfId id, int most) implements KeyDerivation {
    @Override
    public KdfParameters defaults() {
        return new KdfParameters(id, 3, 0, 0);
    }

    @Override
    public void requireLimits(KdfParameters parameters) {
        if (parameters.timeCost() < 2 || parameters.timeCost() > most) {
            throw new KdfLimitsException("key derivation " + id + ": rounds (time cost) must be 2 to " + most + ", not "
                    + parameters.timeCost());
        }
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        if (!parameters.id().equals(id)) {
            throw new IllegalArgumentException("these are parameters of " + parameters.id());
        }
        byte[] info = ("private " + parameters.timeCost()).getBytes(StandardCharsets.US_ASCII);
        return SecretBytes.wrap(Hkdf.derive(secret, salt, info, length));
    }
}
