package org.partyline.testkit.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** A replacement for any key derivation, at the cost of two hashes; counts its calls. */
public final class PlainDerivation implements KeyDerivation {
    private static final int LEAST_SALT = 8;
    private static final int MOST_SALT = 64;
    private static final int LEAST_LENGTH = 16;
    private static final int MOST_LENGTH = 64;

    private final KdfId id;
    private final AtomicInteger calls = new AtomicInteger();

    /** @param id of the derivation that it replaces */
    public PlainDerivation(KdfId id) {
        this.id = id;
    }

    /** Returns the number of derived keys. */
    public int calls() {
        return calls.get();
    }

    @Override
    public KdfId id() {
        return id;
    }

    @Override
    public KdfParameters defaults() {
        return KdfId.PROTOCOL.contains(id) ? KdfParameters.defaults(id) : new KdfParameters(id, 1, 1024, 1);
    }

    /** {@inheritDoc} If the protocol defines none, the time cost must be at least 1. */
    @Override
    public void requireLimits(KdfParameters parameters) {
        if (KdfId.PROTOCOL.contains(id) || !id.equals(parameters.id())) {
            KeyDerivation.super.requireLimits(parameters);
        } else if (parameters.timeCost() < 1) {
            throw new KdfLimitsException("key derivation " + id + ": time cost must be at least 1, not 0");
        }
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        if (!id.equals(parameters.id())) {
            throw new IllegalArgumentException(
                    "key derivation: these are parameters of " + parameters.id() + ", not of " + id);
        }
        requireRange("salt", LEAST_SALT, MOST_SALT, salt.length);
        requireRange("output", LEAST_LENGTH, MOST_LENGTH, length);
        calls.incrementAndGet();
        byte[] cost = parameters.toString().getBytes(StandardCharsets.US_ASCII);
        byte[] longest = Arrays.copyOf(Plain.hash("derivation", secret, salt, cost), MOST_LENGTH);
        byte[] second = Plain.hash("derivation, second half", secret, salt, cost);
        System.arraycopy(second, 0, longest, MOST_LENGTH / 2, second.length);
        return SecretBytes.wrap(Arrays.copyOf(longest, length));
    }

    private static void requireRange(String what, int least, int most, int length) {
        if (length < least || length > most) {
            throw new IllegalArgumentException(
                    "key derivation: the " + what + " must be " + least + " to " + most + " bytes, not " + length);
        }
    }
}
