package org.partyline.storejdbc;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;

/** A replacement for Argon2id at the cost of a hash; counts its calls. */
final class QuickArgon2 implements KeyDerivation {
    /** The minimum that a store accepts. */
    static final KdfParameters CHEAP = new KdfParameters(KdfId.ARGON2ID, 5, 8192, 1);

    final AtomicInteger runs = new AtomicInteger();
    /** What it was given and what it returned, which their owners wipe. */
    final List<SecretBytes> secrets = new CopyOnWriteArrayList<>();

    /** The memory that a derivation may use. */
    volatile KdfMemory memory = KdfMemory.ofThisProcess();

    @Override
    public KdfId id() {
        return KdfId.ARGON2ID;
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        runs.incrementAndGet();
        memory.require(parameters);
        SecretBytes derived = SecretBytes.wrap(Hkdf.derive(secret, salt, new byte[0], length));
        secrets.add(SecretBytes.wrap(secret));
        secrets.add(derived);
        return derived;
    }
}
