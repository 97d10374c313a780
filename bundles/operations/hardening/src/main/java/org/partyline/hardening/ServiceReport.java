package org.partyline.hardening;

import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.partyline.api.health.Liveness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the service manager is told, round for round: that the server has started, once the console answers, and from then on that
 * it is well, but only while every part says so. Not told for long enough, the service manager starts the server anew.
 */
final class ServiceReport {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceReport.class);

    private final ServiceManager manager;
    private final long watchdogMicros;
    private final Supplier<Optional<Liveness>> console;
    private final BooleanSupplier standby;
    private final Supplier<Optional<String>> failure;
    private boolean ready;
    private String told = "";

    /**
     * @param watchdogMicros how long the service manager waits; 0: it does not
     * @param console the part that answers operators, when it is there
     * @param standby whether another server leads, and this one has no console
     * @param failure what does not work any more, in any part
     */
    ServiceReport(
            ServiceManager manager,
            long watchdogMicros,
            Supplier<Optional<Liveness>> console,
            BooleanSupplier standby,
            Supplier<Optional<String>> failure) {
        this.manager = manager;
        this.watchdogMicros = watchdogMicros;
        this.console = console;
        this.standby = standby;
        this.failure = failure;
    }

    /** Asks, and tells. Does not return while a part does not. */
    void round() {
        if (!ready) {
            boolean answers =
                    console.get().filter(part -> part.failure().isEmpty()).isPresent();
            ready = answers || standby.getAsBoolean();
            if (ready) {
                // The watchdog may be off, as this bundle was stopped. Not earlier: systemd would count the start, too.
                tell("READY=1\nSTATUS=" + (answers ? "The console answers." : "It stands by: another server leads.")
                        + (watchdogMicros > 0 ? "\nWATCHDOG_USEC=" + watchdogMicros : ""));
            }
            return;
        }
        Optional<String> found = failure.get();
        if (found.isEmpty()) {
            tell(told.isEmpty() ? "WATCHDOG=1" : "WATCHDOG=1\nSTATUS=All parts work again.");
            told = "";
        } else if (!found.get().equals(told)) {
            told = found.get();
            LOG.error("The server is not well, and the service manager is not told otherwise: {}", told);
            tell("STATUS=Not well: " + told.replaceAll("\\p{Cntrl}", "?"));
        }
    }

    /** The server has started. */
    boolean isReady() {
        return ready;
    }

    /** Says something once. */
    void tell(String message) {
        try {
            manager.tell(message);
        } catch (IOException e) {
            LOG.warn("{}", e.getMessage());
        }
    }
}
