package org.partyline.hardening;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.api.Faults;
import org.partyline.api.health.Liveness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies systemd that the server has started, is healthy, and stops. */
@Component(
        service = {},
        immediate = true)
public final class ServiceWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceWatch.class);
    private static final long MOST_PAUSE_MILLIS = 10_000;
    private static final long STARTING_MILLIS = 250;
    /** The number of rounds within the service manager's time limit: some may be late. */
    private static final long ROUNDS = 4;

    private final Bundle framework;
    private final Map<Liveness, String> parts = new ConcurrentHashMap<>();
    private final Optional<ServiceReport> report;
    private final long watchdogMicros;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "partyline-service");
        made.setDaemon(true);
        return made;
    });

    /** For Declarative Services. */
    @Activate
    public ServiceWatch(BundleContext context) {
        framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
        watchdogMicros = watchdogMicros(
                System.getenv("WATCHDOG_USEC"),
                System.getenv("WATCHDOG_PID"),
                ProcessHandle.current().pid());
        report = manager(System.getenv("NOTIFY_SOCKET"))
                .map(manager -> new ServiceReport(
                        manager,
                        watchdogMicros,
                        this::console,
                        () -> role(context.getProperty("karaf.base")),
                        this::failure));
        report.ifPresent(this::next);
    }

    /** Written by the lock of a pair of servers (bundle store-postgresql). @param home null: none */
    static String role(String home) {
        if (home == null) {
            return "";
        }
        try {
            return Files.readString(Path.of(home, "run", "role"))
                    .lines()
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    private static Optional<ServiceManager> manager(String socket) {
        if (socket == null || socket.isEmpty() || !Linux.isHere()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new NotifySocket(socket));
        } catch (IOException | LinkageError e) {
            LOG.error("The service manager cannot be notified: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** @return 0: this process is not watched */
    static long watchdogMicros(String micros, String watched, long own) {
        if (micros == null || watched != null && !watched.equals(Long.toString(own))) {
            return 0;
        }
        try {
            return Math.max(0, Long.parseLong(micros));
        } catch (NumberFormatException e) {
            LOG.error("WATCHDOG_USEC is not a number: the service manager sets it");
            return 0;
        }
    }

    /** For Declarative Services. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPart(Liveness part, Map<String, Object> properties) {
        parts.put(part, String.valueOf(properties.getOrDefault(Liveness.PART, "a bundle")));
    }

    void removePart(Liveness part) {
        parts.remove(part);
    }

    private Optional<Liveness> console() {
        return parts.entrySet().stream()
                .filter(part -> part.getValue().equals(Liveness.CONSOLE))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private Optional<String> failure() {
        return deadlock()
                .or(() -> parts.entrySet().stream()
                        .flatMap(part -> part.getKey().failure().map(why -> part.getValue() + ": " + why).stream())
                        .findFirst());
    }

    private static Optional<String> deadlock() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] ids = threads.findDeadlockedThreads();
        if (ids == null) {
            return Optional.empty();
        }
        List<String> names = java.util.Arrays.stream(threads.getThreadInfo(ids))
                .filter(java.util.Objects::nonNull)
                .map(ThreadInfo::getThreadName)
                .sorted()
                .toList();
        return Optional.of("threads are deadlocked: " + String.join(", ", names));
    }

    private void next(ServiceReport there) {
        long pause = STARTING_MILLIS;
        if (there.isReady()) {
            pause = watchdogMicros == 0
                    ? MOST_PAUSE_MILLIS
                    : Math.max(1, Math.min(MOST_PAUSE_MILLIS, TimeUnit.MICROSECONDS.toMillis(watchdogMicros) / ROUNDS));
        }
        thread.schedule(
                () -> {
                    try {
                        there.round();
                    } catch (RuntimeException e) {
                        LOG.error("The server's health could not be checked: {}", Faults.reason(e));
                    }
                    next(there);
                },
                pause,
                TimeUnit.MILLISECONDS);
    }

    /** An operator stops this bundle alone, so its silence must not be taken for a failure. */
    @Deactivate
    void stop() {
        thread.shutdownNow();
        report.ifPresent(
                there -> there.notify(framework.getState() == Bundle.STOPPING ? "STOPPING=1" : "WATCHDOG_USEC=0"));
    }
}
