package org.partyline.receive;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.recognition.SealedSecrets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Derives the secrets of sealed packets on separate threads, without the state lock: a derivation takes a while, and
 * anyone who copies a locator can trigger one (PROTOCOL 4).
 */
public final class Derivations {
    private static final Logger LOG = LoggerFactory.getLogger(Derivations.class);

    private final StateGuard guard;
    private final Recognition recognition;
    private final SuiteDirectory suites;
    private final ChannelKeys channelKeys;
    private final Executor executor;
    private final int threads;
    /** The number of threads at work; guarded by the state lock. */
    private int working;

    private boolean stopped;
    /** Called when packets can be tried now. Set when the server is assembled; must not block. */
    public Runnable onDerived = () -> {};
    /** Called when stored waiting packets can be tried now. Set when the server is assembled; must not block. */
    public Runnable onMore = () -> {};

    /** @param threads the maximum number of concurrent derivations */
    public Derivations(
            StateGuard guard,
            Recognition recognition,
            SuiteDirectory suites,
            ChannelKeys channelKeys,
            Executor executor,
            int threads) {
        this.guard = guard;
        this.recognition = recognition;
        this.suites = suites;
        this.channelKeys = channelKeys;
        this.executor = executor;
        this.threads = threads;
    }

    /** Returns whether a derivation is available and allowed. */
    boolean isHere(KdfParameters parameters) {
        return suites.derivation(parameters).isPresent();
    }

    /** Called when another derivation is due. Hold the state lock. */
    public void begin() {
        if (working >= threads) {
            return;
        }
        working++;
        try {
            executor.execute(this::work);
        } catch (RejectedExecutionException e) {
            LOG.debug("messaging has stopped");
            working--;
        }
    }

    /** Starts no further derivation: another instance does. Hold the state lock. */
    void stop() {
        stopped = true;
    }

    /**
     * Retries failed derivations, which may succeed now, for example after a lack of memory. Hold the server's lock.
     */
    public void retryFailed() {
        if (recognition.secrets.retryFailed()) {
            begin();
        }
    }

    private void work() {
        while (true) {
            int loads;
            SealedSecrets.Entry next;
            guard.lock();
            try {
                loads = guard.loads();
                Optional<SealedSecrets.Entry> found =
                        !guard.isLoaded() || stopped ? Optional.empty() : recognition.secrets.next();
                if (found.isEmpty()) {
                    working--;
                    return;
                }
                next = found.get();
            } finally {
                guard.unlock();
            }
            SecretBytes secret = derive(next);
            guard.lock();
            try {
                end(loads, next, secret);
            } catch (RuntimeException e) {
                LOG.error("a key could not be used: {}", Faults.reason(e));
            } finally {
                guard.unlock();
            }
        }
    }

    /** Returns null if it failed. */
    private @Nullable SecretBytes derive(SealedSecrets.Entry next) {
        try {
            Optional<KeyDerivation> kdf = suites.derivation(next.parameters);
            if (kdf.isPresent()) {
                return channelKeys.sealedSecret(kdf.get(), next.parameters, next.root(), next.locator);
            }
            LOG.debug("{} was removed", next.parameters.id());
        } catch (KdfMemoryException e) {
            LOG.warn("packets wait: their key could not be derived; it is tried again: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            // Too little memory, or a bundle that was replaced in between. The thread continues.
            LOG.warn("packets wait: their key could not be derived; it is tried again ({})", Faults.reason(e));
        }
        return null;
    }

    private void end(int loads, SealedSecrets.Entry entry, @Nullable SecretBytes secret) {
        if (!guard.isLoaded() || guard.loads() != loads) {
            // Locked meanwhile: the root is wiped, and the derived secret is of no use.
            if (secret != null) {
                secret.close();
            }
            return;
        }
        boolean more = secret != null && recognition.secrets.takeMore(entry);
        List<Candidate> packets = recognition.secrets.derived(entry, secret);
        recognition.unmatched.again.addAll(packets);
        if (more) {
            onMore.run();
        }
        if (!packets.isEmpty()) {
            onDerived.run();
        }
    }
}
