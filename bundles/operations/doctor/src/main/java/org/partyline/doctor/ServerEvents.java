package org.partyline.doctor;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Faults;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Fees.FeeStatus;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds changes of nodes, fee rates and the doctor's findings to the log of events. The log remembers the last reports,
 * so that nothing is reported twice, and a change during a restart is not missed.
 */
@Component(
        immediate = true,
        service = {})
public final class ServerEvents {
    private static final Logger LOG = LoggerFactory.getLogger(ServerEvents.class);
    private static final Duration ROUND = Duration.ofSeconds(10);
    /** Fees and findings are checked every five minutes, since that is more expensive. */
    private static final int SLOW = 30;
    /** The factor by which a changed rate must differ. */
    private static final int NOTABLE = 2;

    private static final String RETURNED = "returned";
    private static final String FINE = word(Finding.Verdict.OK);

    private final DoctorSources sources;
    private final Doctor doctor;
    private final Faults faults = new Faults("a look for events of the server", LOG::error);
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "partyline-server-events");
        made.setDaemon(true);
        return made;
    });

    private int round;
    /** Changes seen in the last round: they count once the next round sees them, too. */
    private Set<Change> unconfirmed = new HashSet<>();

    private record Change(Type type, String subject, String state) {}

    /** For Declarative Services. */
    @Activate
    public ServerEvents(BundleContext context, @Reference Doctor doctor) {
        this(new DoctorBundleSources(context), doctor);
        // Not at once: while a server starts, much is briefly unavailable.
        thread.scheduleWithFixedDelay(
                () -> faults.survive(this::look), ROUND.toSeconds(), ROUND.toSeconds(), TimeUnit.SECONDS);
    }

    ServerEvents(DoctorSources sources, Doctor doctor) {
        this.sources = sources;
        this.doctor = doctor;
    }

    /** For Declarative Services. */
    @Deactivate
    void stop() {
        thread.shutdownNow();
    }

    /** Checks the nodes, and from time to time the rest. */
    void look() {
        Set<Change> before = unconfirmed;
        unconfirmed = new HashSet<>();
        report(log -> nodes(log, before));
        round++;
        if (round % SLOW == 0 || before.stream().anyMatch(change -> change.type() == Type.DOCTOR)) {
            report(this::fees);
            report(log -> findings(log, before));
        }
    }

    /** Checks one kind of thing. */
    @FunctionalInterface
    private interface Part {
        void look(Events log) throws PartylineException;
    }

    private void report(Part part) {
        try {
            part.look(sources.need(Events.class));
        } catch (PartylineException | UnavailableException e) {
            // The store is locked, or a bundle is stopped: the next round sees the changes.
            LOG.debug("nothing is reported now: {}", e.getMessage());
        }
    }

    private void nodes(Events log, Set<Change> before) throws PartylineException {
        Map<String, String> reported = log.reported(Type.NODE);
        for (Node node : sources.need(Nodes.class).list()) {
            Optional<String> state = state(node);
            if (state.isPresent()) {
                compare(
                        log,
                        before,
                        reported.getOrDefault(node.name(), RETURNED),
                        new Change(Type.NODE, node.name(), state.get()));
            }
        }
    }

    /** Empty while it starts, catches up or is paused. */
    private static Optional<String> state(Node node) {
        if (node.paused()) {
            return Optional.empty();
        }
        if (node.quarantine().isPresent()) {
            return Optional.of("distrusted");
        }
        return switch (node.status().state()) {
            case READY -> Optional.of(RETURNED);
            case UNREACHABLE, REFUSED -> Optional.of("lost");
            case STARTING, SYNCING -> Optional.empty();
        };
    }

    private void fees(Events log) throws PartylineException {
        Map<String, String> reported = log.reported(Type.FEE);
        Map<String, FeeRate> rates = new HashMap<>();
        for (FeeStatus status : sources.need(Fees.class).status()) {
            if (status.refusal().isEmpty()) {
                rates.merge(
                        status.network().label(),
                        status.rate(),
                        (one, other) -> one.compareTo(other) > 0 ? one : other);
            }
        }
        for (Map.Entry<String, FeeRate> rate : rates.entrySet()) {
            String last = reported.get(rate.getKey());
            if (last == null
                    || isNotable(
                            FeeRate.parse(last).satPerKvb(), rate.getValue().satPerKvb())) {
                log.report(Type.FEE, rate.getKey(), rate.getValue().toString());
            }
        }
    }

    private static boolean isNotable(long last, long now) {
        return now != last && (now >= NOTABLE * last || last >= NOTABLE * now);
    }

    private void findings(Events log, Set<Change> before) throws PartylineException {
        Map<String, Finding.Verdict> worst = new HashMap<>();
        Map<String, String> reported = log.reported(Type.DOCTOR);
        // A check without findings has no problem.
        reported.keySet().forEach(check -> worst.put(check, Finding.Verdict.OK));
        for (Finding finding : doctor.examine()) {
            worst.merge(finding.check(), finding.verdict(), (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
        for (Map.Entry<String, Finding.Verdict> check : worst.entrySet()) {
            compare(
                    log,
                    before,
                    reported.getOrDefault(check.getKey(), FINE),
                    new Change(Type.DOCTOR, check.getKey(), word(check.getValue())));
        }
    }

    private static String word(Finding.Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    /** Reports a change that was seen in two rounds, so that a replaced bundle or a lost answer does not count. */
    private void compare(Events log, Set<Change> before, String last, Change now) throws PartylineException {
        if (now.state().equals(last)) {
            return;
        }
        if (before.contains(now)) {
            log.report(now.type(), now.subject(), now.state());
        } else {
            unconfirmed.add(now);
        }
    }
}
