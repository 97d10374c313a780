package org.partyline.panic;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.ServerHome;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Panic;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Vault;
import org.partyline.api.panic.Erasable;
import org.partyline.api.panic.EraseJournal;
import org.partyline.api.panic.EraseOrder;
import org.partyline.api.panic.Severable;
import org.partyline.api.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs the emergency actions in the right order. It waits for no other bundle: it reports unavailable ones, and
 * does the rest.
 */
@Component(
        service = {Panic.class, EraseOrder.class},
        immediate = true)
public final class PanicService implements Panic, EraseOrder {
    private static final Logger LOG = LoggerFactory.getLogger(PanicService.class);

    /** How long anything may delay the erasure of keys. */
    private static final Duration PATIENCE = Duration.ofMillis(800);

    /** So that the answer reaches the caller. */
    private static final long END_MILLIS = 500;

    private static final long RETRY_SECONDS = 2;

    private final PanicServices services;
    private final Erasure erasure;
    private final ScheduledExecutorService threads;
    private final Runnable ending;

    /** For Declarative Services. */
    @Activate
    public PanicService(BundleContext context) {
        this(
                new BundleServices(context),
                new EraseJournal(ServerHome.of(context::getProperty)),
                Executors.newScheduledThreadPool(2, PanicService::thread),
                () -> stop(context));
    }

    /** @param ending ends the process */
    PanicService(PanicServices services, EraseJournal journal, ScheduledExecutorService threads, Runnable ending) {
        this.services = services;
        this.erasure = new Erasure(services, journal);
        this.threads = threads;
        this.ending = ending;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "partyline-panic");
        thread.setDaemon(true);
        return thread;
    }

    private static void stop(BundleContext context) {
        try {
            context.getBundle(0).stop();
        } catch (BundleException e) {
            LOG.error("The server could not be stopped: end its process by hand ({})", Faults.reason(e));
        }
    }

    /** Continues an interrupted erasure. Bundles start one after another, so it checks until everything is erased. */
    @Activate
    void start() {
        threads.execute(this::goOn);
    }

    void goOn() {
        try {
            // The store's bundle itself continues to erase the store, before anyone can open it.
            List<Erasable> unfinished = erasure.unfinished().stream()
                    .filter(each -> each.rank() != Erasable.STORE)
                    .toList();
            // It is not recorded whether a command or a duress passphrase began it, so that no file reveals that.
            erasure.eraseQuietly(unfinished);
            if (erasure.isUnfinished()) {
                threads.schedule(this::goOn, RETRY_SECONDS, TimeUnit.SECONDS);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Data to be erased cannot be read: {}", Faults.reason(e));
        }
    }

    @Deactivate
    void stop() {
        threads.shutdown();
    }

    // ---- lock

    @Override
    public Report lock(String mark) {
        List<Step> steps = new ArrayList<>();
        // It is in the store, and so stopped before that is locked; it must not delay the locking.
        services.one(Vault.class)
                .filter(vault -> vault.state() == Store.State.OPEN)
                .ifPresent(vault -> steps.add(within("cover traffic", this::stopCover)));
        steps.add(within("keys", this::forgetKeys));
        for (Severable each : services.all(Severable.class).stream()
                .sorted(Comparator.comparing(Severable::name))
                .toList()) {
            steps.add(within(each.name(), () -> {
                int closed = each.sever(mark);
                return closed == 0 ? "none was open" : closed + " closed";
            }));
        }
        services.one(AuditLog.class)
                .ifPresent(log ->
                        log.record("panic-locked", "all keys were erased from memory, and connections were closed"));
        return new Report(steps);
    }

    private String stopCover() throws PartylineException {
        Optional<Cover> cover = services.one(Cover.class);
        if (cover.isEmpty()) {
            return "it is not running";
        }
        int stopped = 0;
        for (Cover.Status status : cover.get().status()) {
            if (status.running() || !status.problem().isEmpty()) {
                cover.get().stop(Optional.of(status.persona()));
                stopped++;
            }
        }
        return stopped == 0 ? "none was running" : "stopped";
    }

    private String forgetKeys() throws PartylineException {
        Vault vault = need(Vault.class, "vault");
        if (vault.state() == Store.State.NEW) {
            return "there is no store";
        }
        vault.lock();
        return "erased; packets are collected until the store is opened";
    }

    // ---- erase

    @Override
    public Report erase() {
        List<Step> steps = new ArrayList<>();
        List<Erasable> all = erasure.begin();
        Erasure.overwriteKeys(all);
        Erasure.prepare(all);
        steps.add(within("keys in memory", () -> {
            forgetKeys();
            return "";
        }));
        steps.addAll(erasure.erase(all));
        away().forEach(bundle -> steps.add(new Step(
                bundle,
                false,
                "it is not running, so its files outside the store are not erased: delete them by hand")));
        return new Report(steps);
    }

    @Override
    public List<String> away() {
        return services.away(Erasable.class);
    }

    @Override
    public void end() {
        threads.schedule(ending, END_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** {@inheritDoc} Opening the store takes no longer than with any other passphrase. */
    @Override
    public void carryOut(BooleanSupplier store) {
        List<Erasable> all = erasure.begin();
        Erasure.prepare(all);
        boolean gone = store.getAsBoolean();
        List<Erasable> others =
                all.stream().filter(each -> each.rank() != Erasable.STORE).toList();
        if (gone) {
            all.stream().filter(each -> each.rank() == Erasable.STORE).forEach(each -> erasure.done(each.name()));
        }
        erasure.eraseQuietly(
                others.stream().filter(each -> each.rank() < Erasable.SLOW).toList());
        List<Erasable> slow =
                others.stream().filter(each -> each.rank() >= Erasable.SLOW).toList();
        thread(() -> erasure.eraseQuietly(slow)).start();
    }

    // ---- move

    @Override
    public Report move() throws PartylineException {
        Personas personas = need(Personas.class, "contacts");
        List<Step> steps = new ArrayList<>();
        for (Personas.Persona persona : personas.list()) {
            steps.add(attempt("keys of " + persona.name(), () -> told(personas, persona.name())));
        }
        steps.add(attempt("channels", () -> {
            int ended = need(Channels.class, "channels").beginNewChains();
            return ended == 0 ? "each starts a new chain with its next message" : ended + " start new chains";
        }));
        steps.add(attempt("privacy", () -> {
            need(Privacy.class, "privacy").apply(Privacy.Profile.MAXIMUM);
            return "maximum";
        }));
        services.one(AuditLog.class)
                .ifPresent(log -> log.record("panic-moved", "all keys were replaced as if others knew them"));
        return new Report(steps);
    }

    private static String told(Personas personas, String name) throws PartylineException {
        Personas.Rotated rotated = personas.rotate(Optional.of(name), true);
        List<String> parts = new ArrayList<>();
        if (!rotated.told().isEmpty()) {
            parts.add("told: " + String.join(", ", rotated.told()));
        }
        if (!rotated.untold().isEmpty()) {
            parts.add("give the new card to: " + String.join(", ", rotated.untold()));
        }
        return parts.isEmpty() ? "replaced; there is no contact to notify" : "changed; " + String.join("; ", parts);
    }

    // ---- shred

    @Override
    public void shred(Kind kind, Optional<String> persona, String name) throws PartylineException {
        switch (kind) {
            case CONVERSATION -> need(Contacts.class, "contacts").remove(persona, name);
            case CHANNEL -> need(Channels.class, "channels").leave(persona, name);
            case PERSONA -> need(Personas.class, "contacts").delete(name);
            default -> throw new IllegalArgumentException("there is no such kind");
        }
        need(Store.class, "store-jdbc").compact();
        services.one(AuditLog.class)
                .ifPresent(
                        log -> log.record("shredded", "a " + kind.word() + " was erased, and the store was rewritten"));
    }

    // ---- all of them

    private <T> T need(Class<T> type, String bundle) throws PartylineException {
        return services.one(type)
                .orElseThrow(() -> new PartylineException(
                        "bundle org.partyline." + bundle + " is not running: bundle:start org.partyline." + bundle));
    }

    /** Runs it on its own thread, so that no other step is delayed, and continues in the background if it is slow. */
    private static Step within(String name, Callable<String> work) {
        FutureTask<String> running = new FutureTask<>(work);
        thread(running).start();
        try {
            return new Step(name, true, running.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            return failed(name, Objects.requireNonNullElse(e.getCause(), e));
        } catch (TimeoutException e) {
            return new Step(name, false, "it takes longer than expected, and continues: check again shortly");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Step(name, false, "interrupted: run it again");
        }
    }

    private static Step attempt(String name, Callable<String> work) {
        try {
            return new Step(name, true, work.call());
        } catch (Exception e) {
            return failed(name, e);
        }
    }

    private static Step failed(String name, Throwable e) {
        if (e instanceof PartylineException known) {
            return new Step(name, false, known.getMessage());
        }
        LOG.warn("{} failed: {}", name, Faults.reason(e));
        return new Step(name, false, "it failed (" + e.getClass().getSimpleName() + "): see the log");
    }
}
