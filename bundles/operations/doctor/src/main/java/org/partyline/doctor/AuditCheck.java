package org.partyline.doctor;

import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** Checks whether lines were removed from the audit log. */
final class AuditCheck implements HealthCheck {
    /** The audit bundle records this at its start if a line does not follow from the previous one. */
    private static final String BROKEN = "audit-chain-broken";

    private static final int ALL = 10_000;

    private final DoctorSources sources;

    AuditCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        List<AuditLog.Entry> entries = sources.need(AuditLog.class).newest(ALL);
        return entries.stream()
                .filter(entry -> entry.event().equals(BROKEN))
                .reduce((earlier, later) -> later)
                .map(entry -> List.of(Finding.unsafe(
                        name(),
                        "lines of the audit log were removed or changed: found " + entry.time(),
                        "partyline:audit --last 1000, and find out who had access to this machine")))
                .orElseGet(() -> List.of(Finding.ok(name(), entries.size() + " events, none missing")));
    }
}
