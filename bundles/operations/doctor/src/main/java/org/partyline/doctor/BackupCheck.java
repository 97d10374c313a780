package org.partyline.doctor;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.partyline.api.PartylineException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;

/** Checks whether there is a recent backup with the personas' present keys, by the audit log. */
final class BackupCheck implements HealthCheck {
    private static final String MADE = "backup-made";
    /** Contacts do not recognise the keys of an earlier backup. */
    private static final Set<String> RENEWED = Set.of("persona-rotated", "persona-compromised");

    private static final Duration OLD = Duration.ofDays(30);
    private static final int ALL = 10_000;
    private static final String REMEDY = "partyline:backup-export FILE, and store it on another machine";

    private final DoctorSources sources;
    private final Clock clock;

    BackupCheck(DoctorSources sources, Clock clock) {
        this.sources = sources;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "backup";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (sources.need(Vault.class).state() == Store.State.NEW) {
            return List.of();
        }
        List<AuditLog.Entry> log = sources.need(AuditLog.class).newest(ALL);
        Optional<Instant> newest = newest(log, MADE::equals);
        if (newest.isEmpty()) {
            return List.of(Finding.warning(
                    name(),
                    "the audit log shows no backup: if this disk fails, personas, contacts and channels are lost",
                    REMEDY));
        }
        if (newest(log, RENEWED::contains).filter(newest.get()::isBefore).isPresent()) {
            return List.of(Finding.warning(
                    name(),
                    "a persona's keys were replaced after the newest backup: contacts would not recognise a server "
                            + "that is restored from it",
                    REMEDY));
        }
        long days = Duration.between(newest.get(), clock.instant()).toDays();
        String age = days < 1 ? "less than a day" : days == 1 ? "1 day" : days + " days";
        return List.of(
                days > OLD.toDays()
                        ? Finding.warning(name(), "the newest backup is " + age + " old", REMEDY)
                        : Finding.ok(name(), "the newest backup is " + age + " old"));
    }

    private static Optional<Instant> newest(List<AuditLog.Entry> log, Predicate<String> event) {
        return log.stream()
                .filter(entry -> event.test(entry.event()))
                .map(AuditLog.Entry::time)
                .reduce((earlier, later) -> later);
    }
}
