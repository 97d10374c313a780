package org.partyline.hooks;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Events;
import org.partyline.api.hooks.Hook;
import org.partyline.api.hooks.Hooks;
import org.partyline.api.store.Forgetful;
import org.partyline.api.store.Store;
import org.partyline.api.transport.NetworkPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Manages the hooks, and hands them events while its bundle runs. A lock stops running programs. */
@Component(immediate = true)
public final class HookService implements Hooks, Forgetful {
    private static final Logger LOG = LoggerFactory.getLogger(HookService.class);
    /** The maximum number of concurrent deliveries. */
    private static final int AT_ONCE = 4;

    private static final long IDLE_SECONDS = 10;
    private static final Duration ROUND = Duration.ofSeconds(1);

    private final ScheduledExecutorService limits =
            Executors.newSingleThreadScheduledExecutor(daemon("partyline-hook-limit"));
    private final ProgramDelivery programs = new ProgramDelivery(limits, ProgramDelivery.LONGEST, this::mayStart);
    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            AT_ONCE, AT_ONCE, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemon("partyline-hook"));
    private final HookRunner runner;
    private final HookList hooks;
    private final Thread thread;
    private volatile boolean stopped;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Store store;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Events events;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile AuditLog audit;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile NetworkPolicy policy;

    /** For Declarative Services. */
    public HookService() {
        Clock clock = Clock.systemUTC();
        pool.allowCoreThreadTimeOut(true);
        WebDelivery web = new WebDelivery(
                () -> policy, (SSLSocketFactory) SSLSocketFactory.getDefault(), limits, WebDelivery.LONGEST, clock);
        HookDelivery delivery = (hook, event) -> (hook.secret() == null ? programs : web).deliver(hook, event);
        runner = new HookRunner(() -> store, () -> events, delivery, pool, clock, this::record);
        hooks = new HookList(() -> store, () -> events, clock, new SecureRandom(), this::record, runner::wake);
        thread = daemon("partyline-hooks").newThread(this::work);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        };
    }

    /** For Declarative Services. */
    @Activate
    void start() {
        thread.start();
    }

    /** For Declarative Services. */
    @Deactivate
    void stop() {
        stopped = true;
        thread.interrupt();
        pool.shutdownNow();
        programs.stopAll();
        limits.shutdownNow();
    }

    private void work() {
        String failed = "";
        while (!Thread.currentThread().isInterrupted()) {
            try {
                runner.await(ROUND);
                runner.round();
                failed = "";
            } catch (InterruptedException e) {
                return;
            } catch (PartylineException | UnavailableException e) {
                LOG.debug("no hook is handed anything now: {}", Faults.reason(e));
            } catch (RuntimeException | Error e) {
                // Logged once for each kind, since this is tried every second.
                if (!failed.equals(e.getClass().getName())) {
                    failed = e.getClass().getName();
                    LOG.error("the hooks could not be looked at: {}", Faults.reason(e));
                }
            }
        }
    }

    @Override
    public Hook addProgram(String name, Path program) throws PartylineException {
        return hooks.addProgram(name, program);
    }

    @Override
    public Created addUrl(String name, URI url, boolean privately) throws PartylineException {
        return hooks.addUrl(name, url, privately);
    }

    @Override
    public List<Hook> list() throws PartylineException {
        return hooks.list();
    }

    @Override
    public Hook remove(String name) throws PartylineException {
        return hooks.remove(name);
    }

    @Override
    public Hook redeliver(String name, boolean skip) throws PartylineException {
        return hooks.redeliver(name, skip);
    }

    private boolean mayStart() {
        Store known = store;
        return !stopped && known != null && known.state() == Store.State.OPEN;
    }

    /** Called when the store was locked. */
    @Override
    public void forget() {
        programs.stopAll();
    }

    private void record(String event, String detail) {
        AuditLog log = audit;
        if (log != null) {
            log.record(event, detail);
        }
    }
}
