package org.partyline.testkit.protocol;

import java.util.concurrent.CountDownLatch;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.testkit.Eventually;

/** A replacement for ARGON2ID that a test can count, delay, and make fail. */
public final class GatedDerivation implements KeyDerivation {
    private final PlainDerivation argon2id = new PlainDerivation(KdfId.ARGON2ID);

    private CountDownLatch shut = new CountDownLatch(0);
    private int toHold;
    private int toFail;
    private int begun;
    private int failed;
    private byte[] lastSecret;
    private boolean byException;

    @Override
    public KdfId id() {
        return KdfId.ARGON2ID;
    }

    @Override
    public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
        CountDownLatch gate;
        synchronized (this) {
            begun++;
            lastSecret = secret;
            gate = toHold > 0 ? shut : new CountDownLatch(0);
            toHold--;
            if (toFail > 0) {
                toFail--;
                failed++;
                if (byException) {
                    throw new IllegalStateException("as a test wants it");
                }
                throw new OutOfMemoryError("as a test wants it");
            }
        }
        SecretBytes derived = argon2id.derive(secret, salt, parameters, length);
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return derived;
    }

    /** Makes derivations that begin from now on wait until the gate opens. */
    public void shut() {
        shutFirst(Integer.MAX_VALUE);
    }

    /** Makes this many derivations that begin from now on wait until the gate opens; later ones end at once. */
    public synchronized void shutFirst(int howMany) {
        shut = new CountDownLatch(1);
        toHold = howMany;
    }

    public synchronized void open() {
        toHold = 0;
        shut.countDown();
    }

    public synchronized void fail(int howMany) {
        toFail = howMany;
    }

    /** The same, with an exception instead of too little memory. */
    public synchronized void failByException(int howMany) {
        byException = true;
        toFail = howMany;
    }

    /** Returns how many have begun. */
    public synchronized int begun() {
        return begun;
    }

    public void awaitBegun(int howMany) {
        Eventually.that("derivation " + howMany + " begins", () -> begun() >= howMany);
    }

    public void awaitFailed() {
        Eventually.that("a derivation failed", () -> failed() > 0);
    }

    private synchronized int failed() {
        return failed;
    }

    /** Returns the secret of the last derivation: the array itself. */
    public synchronized byte[] lastSecret() {
        return lastSecret;
    }
}
