package org.partyline.messaging.state;

import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.partyline.api.audit.AuditLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs security events in this program's log, and in the audit log while its bundle runs. */
public final class SecurityLog {
    private static final Logger LOG = LoggerFactory.getLogger(SecurityLog.class);

    private final Supplier<Optional<AuditLog>> auditLog;
    private final Clock clock;
    private final AuditLimit limit = new AuditLimit(this::write);

    /** @param auditLog the present one, if any */
    public SecurityLog(Supplier<Optional<AuditLog>> auditLog, Clock clock) {
        this.auditLog = auditLog;
        this.clock = clock;
    }

    /**
     * Records a security event: at most one a minute of each kind; the others are counted.
     *
     * @param detail no names, no secrets: it is stored in clear
     */
    public void record(String event, String detail) {
        limit.record(event, detail, clock.instant());
    }

    /**
     * Records an operator's action, in the audit log only: each time, since nobody else can cause it.
     *
     * @param detail as above
     */
    public void recordOwn(String event, String detail) {
        auditLog.get().ifPresent(log -> log.record(event, detail));
    }

    /** Records the numbers of events that were left out a minute ago. Call it from time to time. */
    public void flush() {
        limit.flush(clock.instant());
    }

    private void write(String event, String detail) {
        LOG.warn("security: {}: {}", event, detail);
        auditLog.get().ifPresent(log -> log.record(event, detail));
    }
}
