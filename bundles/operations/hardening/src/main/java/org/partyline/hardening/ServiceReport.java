package org.partyline.hardening;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.partyline.api.health.Liveness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to the service manager: that the server has started once the console responds, and afterwards that it is
 * healthy, but only while every part is. If the reports stop for too long, the service manager restarts the server.
 */
final class ServiceReport {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceReport.class);

    private static final String STANDBY = "standby";

    private final ServiceManager manager;
    private final long watchdogMicros;
    private final Supplier<Optional<Liveness>> console;
    private final Supplier<String> role;
    private final Supplier<Optional<String>> failure;
    private boolean ready;
    private String told = "";
    private String shown = "";

    /**
     * @param watchdogMicros the service manager's time limit; 0 if none
     * @param console the part that answers operators, once it is available
     * @param role the role of this server in a pair, as in {@code run/role}; empty: not in a pair
     * @param failure what no longer works, in any part
     */
    ServiceReport(
            ServiceManager manager,
            long watchdogMicros,
            Supplier<Optional<Liveness>> console,
            Supplier<String> role,
            Supplier<Optional<String>> failure) {
        this.manager = manager;
        this.watchdogMicros = watchdogMicros;
        this.console = console;
        this.role = role;
        this.failure = failure;
    }

    /** Checks and reports. Does not return while a part does not. */
    void round() {
        if (!ready) {
            boolean answers =
                    console.get().filter(part -> part.failure().isEmpty()).isPresent();
            ready = answers || role.get().equals(STANDBY);
            if (ready) {
                shown = state();
                // The watchdog may be off, because this bundle was stopped. Not earlier: systemd would count the start,
                // too.
                notify("READY=1\nSTATUS=" + shown + (watchdogMicros > 0 ? "\nWATCHDOG_USEC=" + watchdogMicros : ""));
            }
            return;
        }
        Optional<String> found = failure.get();
        if (found.isEmpty()) {
            String state = state();
            String status = told.isEmpty() ? "" : "\nSTATUS=All services run again. " + state;
            notify("WATCHDOG=1" + (told.isEmpty() && !state.equals(shown) ? "\nSTATUS=" + state : status));
            shown = state;
            told = "";
        } else if (!found.get().equals(told)) {
            told = found.get();
            LOG.error("The server is not healthy, so the service manager is no longer notified: {}", told);
            notify("STATUS=Not healthy: " + told.replaceAll("\\p{Cntrl}", "?"));
        }
    }

    /** The role and state of this server in words: it may lead for the first time hours after it has started. */
    private String state() {
        boolean answers = console.get().isPresent();
        return switch (role.get()) {
            case STANDBY -> "Standby: another server leads.";
            case "leader" -> answers ? "Leader; the console responds." : "Leader; services are starting.";
            case "silent" -> "The database does not answer.";
            case "waiting" -> "The database cannot be used; trying again.";
            default -> "The console responds.";
        };
    }

    /** Whether the server has started. */
    boolean isReady() {
        return ready;
    }

    /** Sends a message once. */
    void notify(String message) {
        try {
            manager.notify(message);
        } catch (IOException e) {
            LOG.warn("{}", e.getMessage());
        }
    }
}
