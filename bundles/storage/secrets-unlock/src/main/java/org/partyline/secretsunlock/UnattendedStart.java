package org.partyline.secretsunlock;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Vault;
import org.partyline.api.panic.Erasable;
import org.partyline.api.secrets.SecretStore;
import org.partyline.api.secrets.SecretStore.SecretStoreException;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the store once after each start with the key from the configured place, and moves the store key between places.
 *
 * <p>Until the store was opened once, or turned out to be new, it checks every {@value #TICK_MILLIS} ms whether it may
 * try. A place that is unavailable is tried again at growing intervals, but a wrong key is not. A store that someone
 * locks stays locked.
 */
@Component(
        service = {Unattended.class, Erasable.class},
        immediate = true,
        configurationPid = UnattendedSettings.PID)
public final class UnattendedStart implements Unattended, Erasable {
    static final long TICK_MILLIS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(UnattendedStart.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Optional<SourceFile> file;
    private final Credential credential;
    private final Clock clock;
    private final ScheduledExecutorService scheduler;
    private final Faults faults = new Faults("an attempt to open the store", LOG::error);
    private final Object moving = new Object();

    /** The vault, once its bundle is running. */
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile @Nullable Vault vault;

    /** The places that are running. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    volatile List<SecretStore> stores = List.of();

    /** The log of security events, if any. */
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile @Nullable AuditLog audit;

    private volatile Source source = Source.ASK;
    private volatile String lastStart = "";
    private volatile boolean stopped;
    private volatile boolean finished;
    private volatile @Nullable ScheduledFuture<?> ticking;
    private Instant nextTry = Instant.MIN;
    private Duration pause = FIRST_PAUSE;

    /** For Declarative Services. */
    @Activate
    public UnattendedStart(BundleContext context, Map<String, Object> settings) {
        this(
                Optional.ofNullable(context.getProperty("karaf.etc"))
                        .map(etc -> new SourceFile(Path.of(etc, UnattendedSettings.PID + ".cfg"))),
                UnattendedSettings.SOURCE.text(settings),
                new Credential(Optional.ofNullable(System.getenv("CREDENTIALS_DIRECTORY"))),
                Clock.systemUTC(),
                Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread thread = new Thread(task, "partyline-unattended");
                    thread.setDaemon(true);
                    return thread;
                }));
    }

    /**
     * @param file the file with the setting; empty if none
     * @param configured the setting in the configuration; the file overrides it, since it exists from the first moment
     */
    UnattendedStart(
            Optional<SourceFile> file,
            String configured,
            Credential credential,
            Clock clock,
            ScheduledExecutorService scheduler) {
        this.file = file;
        this.credential = credential;
        this.clock = clock;
        this.scheduler = scheduler;
        accept(fromFile().orElse(configured));
    }

    @Activate
    void start() {
        ticking = scheduler.scheduleWithFixedDelay(
                () -> faults.survive(this::tick), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Optional<String> fromFile() {
        try {
            return file.isPresent() ? file.get().read() : Optional.empty();
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}", file.get().file(), Faults.reason(e));
            return Optional.empty();
        }
    }

    @Modified
    void modified(Map<String, Object> settings) {
        accept(UnattendedSettings.SOURCE.text(settings));
    }

    private void accept(String word) {
        try {
            source = UnattendedSettings.SOURCE.parse(word.strip());
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}. {} stays in force.", UnattendedSettings.PID, e.getMessage(), source.word());
        }
    }

    @Deactivate
    void stop() {
        stopped = true;
        scheduler.shutdownNow();
    }

    /** Tries to open the store if it is time. */
    void tick() {
        Vault now = vault;
        Source from = source;
        if (from == Source.ASK) {
            finish("");
            return;
        }
        if (now == null || stopped || finished) {
            return;
        }
        try {
            if (now.state() != Store.State.LOCKED) {
                finish(lastStart);
            } else if (isTime(clock.instant())) {
                attempt(now, from);
            }
        } catch (RuntimeException | Error e) {
            // No failure may end the attempts or the server: for example, a key derivation may find too little memory
            // now, and enough later.
            failed(from, "the store could not be opened: " + e.getClass().getSimpleName(), e);
        }
    }

    /** Also if the clock was set back: otherwise the attempts would wait for hours. */
    private boolean isTime(Instant now) {
        return !now.isBefore(nextTry) || nextTry.isAfter(now.plus(LONGEST_PAUSE));
    }

    private void attempt(Vault now, Source from) {
        try {
            open(now, from);
            finish("the store was opened with the key from the " + from.word());
            LOG.info("{}", lastStart);
            record("unattended-unlock", lastStart);
            tidy(from);
        } catch (WrongPassphraseException e) {
            finish("the key in the " + from.word() + " is not this store's: open the store with partyline:unlock");
            LOG.error("the store stays locked: {}", lastStart);
            record("unattended-unlock-failed", lastStart);
        } catch (PartylineException e) {
            failed(from, e.getMessage(), e);
        }
    }

    private void open(Vault now, Source from) throws PartylineException {
        if (from == Source.CREDENTIAL) {
            char[] passphrase = credential.read();
            try {
                now.unlock(passphrase);
            } finally {
                Arrays.fill(passphrase, '\0');
            }
        } else {
            try (SecretBytes storeKey = places().storeKey(from)) {
                now.unlock(storeKey);
            }
        }
    }

    /** Records why it failed, once for each reason, and when to try again. */
    private void failed(Source from, String reason, Throwable cause) {
        String line = "the store cannot be opened from the " + from.word() + " yet: " + reason;
        nextTry = clock.instant().plus(pause);
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        if (!line.equals(lastStart) && !stopped) {
            lastStart = line;
            LOG.warn("{}", line);
            LOG.debug("Cause: {}", Faults.reason(cause));
            record("unattended-unlock-failed", line);
        }
    }

    private void finish(String outcome) {
        lastStart = outcome;
        finished = true;
        ScheduledFuture<?> now = ticking;
        // Null if the very first tick comes too early: the next one gets here again.
        if (now != null) {
            now.cancel(false);
        }
    }

    /** Completes an interrupted move, so that the key is in one place only. */
    private void tidy(Source kept) {
        for (Source other : Places.KEY_PLACES) {
            if (other != kept && places().usable(other)) {
                try {
                    places().forget(other);
                } catch (SecretStoreException e) {
                    LOG.warn("a store key may remain in the {}: {}", other.word(), e.getMessage());
                }
            }
        }
    }

    @Override
    public Status status() {
        List<Place> found = new ArrayList<>();
        for (Source place : Places.KEY_PLACES) {
            found.add(places().look(place));
        }
        try {
            Arrays.fill(credential.read(), '\0');
            found.add(new Place(Source.CREDENTIAL, true, true, ""));
        } catch (SecretStoreException e) {
            found.add(new Place(Source.CREDENTIAL, false, false, e.getMessage()));
        }
        return new Status(source, List.copyOf(found), lastStart);
    }

    @Override
    public void moveTo(Source place, char[] passphrase) throws PartylineException {
        if (place == Source.ASK) {
            throw new IllegalArgumentException("ask is not a place: use ask(passphrase)");
        }
        synchronized (moving) {
            try (SecretBytes storeKey = vault().storeKey(passphrase)) {
                if (place == Source.CREDENTIAL) {
                    checkCredential(storeKey);
                } else {
                    places().put(place, storeKey);
                }
            }
            Source before = source;
            set(place);
            record("unattended-moved", "the store opens from the " + place.word() + " when the server starts");
            forget(place, before, "from the next start, the store opens from the " + place.word());
        }
    }

    @Override
    public String name() {
        return "resting-key";
    }

    /** A keyring may take seconds to answer. */
    @Override
    public int rank() {
        return SLOW;
    }

    /** The secrets file is erased by its own bundle, which needs no passphrase for that. */
    @Override
    public void erase() throws PartylineException {
        eraseKey(places().usable(Source.KEYRING));
    }

    /** A keyring is asked only if the key is in it, since it takes long to find out that there is no keyring. */
    @Override
    public void eraseQuietly() throws PartylineException {
        eraseKey(false);
    }

    private void eraseKey(boolean maybeInKeyring) throws PartylineException {
        synchronized (moving) {
            Source before = source;
            try {
                if (before == Source.KEYRING || maybeInKeyring) {
                    places().forget(Source.KEYRING);
                }
            } finally {
                if (before != Source.ASK) {
                    set(Source.ASK);
                }
            }
        }
    }

    private void checkCredential(SecretBytes storeKey) throws PartylineException {
        char[] handedOver = credential.read();
        try (SecretBytes opened = vault().storeKey(handedOver)) {
            if (!opened.equals(storeKey)) {
                throw new StoreException("the credential belongs to another store: check both");
            }
        } catch (WrongPassphraseException e) {
            throw new SecretStoreException(
                    "the credential " + Credential.NAME + " is not this store's passphrase: write it again", e);
        } finally {
            Arrays.fill(handedOver, '\0');
        }
    }

    @Override
    public void ask(char[] passphrase) throws PartylineException {
        synchronized (moving) {
            vault().storeKey(passphrase).close();
            Source before = source;
            try {
                // The part that could be stolen is deleted first; the passphrase opens the store in any case.
                forget(Source.ASK, before, "from the next start, the server asks");
            } finally {
                set(Source.ASK);
                record("unattended-ask", "the server asks for the passphrase when it starts");
            }
        }
    }

    /** Deletes the store key in all places except one. */
    private void forget(Source kept, Source before, String done) throws SecretStoreException {
        List<String> left = new ArrayList<>();
        for (Source other : Places.KEY_PLACES) {
            // An unusable place that was not in use has most likely never existed.
            if (other == kept || other != before && !places().usable(other)) {
                continue;
            }
            try {
                places().forget(other);
            } catch (SecretStoreException e) {
                left.add("the " + other.word() + " (" + e.getMessage() + ")");
            }
        }
        if (!left.isEmpty()) {
            throw new SecretStoreException(
                    done + ", but the store key remains in " + String.join(" and ", left) + "; then run this again");
        }
    }

    private void set(Source next) throws SecretStoreException {
        try {
            if (file.isPresent()) {
                file.get().write(next.word());
            }
            source = next;
        } catch (IOException e) {
            throw new SecretStoreException(
                    "the setting cannot be written to " + file.get().file() + ": check whether the disk is full", e);
        }
    }

    private Places places() {
        return new Places(stores);
    }

    private Vault vault() throws StoreException {
        Vault now = vault;
        if (now == null) {
            throw new StoreException("bundle org.partyline.vault is not running: start it");
        }
        return now;
    }

    private void record(String event, String detail) {
        AuditLog log = audit;
        if (log != null) {
            log.record(event, detail);
        }
    }
}
