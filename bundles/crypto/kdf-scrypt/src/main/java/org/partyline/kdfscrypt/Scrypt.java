package org.partyline.kdfscrypt;

import org.bouncycastle.crypto.generators.SCrypt;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** Implements scrypt (RFC 7914) over Bouncy Castle. */
@Component
public final class Scrypt implements KeyDerivation {
    private static final KdfId ID = new KdfId(3, "SCRYPT");

    private final KdfMemory memory;

    /** For Declarative Services. */
    @Activate
    public Scrypt() {
        this(KdfMemory.ofThisProcess());
    }

    Scrypt(KdfMemory memory) {
        this.memory = memory;
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
        return memory.run(
                parameters,
                () -> SecretBytes.wrap(SCrypt.generate(
                        secret, salt, parameters.memory(), parameters.timeCost(), parameters.parallelism(), length)));
    }

    private static void range(String what, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "key derivation: " + what + " must be " + low + " to " + high + " bytes, not " + value);
        }
    }
}
