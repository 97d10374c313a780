package org.partyline.vault;

import java.time.Clock;
import java.time.Instant;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs periodic work: starts new days, erases old roots and skipped keys, and deletes expired data. */
final class MaintenanceJob {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceJob.class);

    private final StateGuard guard;
    private final ReadingServices reading;
    private final SecurityLog security;
    private final Participants participants;
    private final Clock clock;

    MaintenanceJob(
            StateGuard guard, ReadingServices reading, SecurityLog security, Participants participants, Clock clock) {
        this.guard = guard;
        this.reading = reading;
        this.security = security;
        this.participants = participants;
        this.clock = clock;
    }

    /** To be called about twice a minute. Does nothing while locked. */
    void round() {
        // Memory that derivations used is returned to the machine: the heap would keep it for the next ones.
        KdfMemory.ofThisProcess().settle();
        attempt(security::flush);
        attempt(() -> guard.<PartylineException>perform(() -> {
            if (!participants.areHere() || !reading.isPossible()) {
                LOG.debug("expiry waits for services that are not running");
                return;
            }
            participants.forEach(participant -> attempt(participant::expire));
            attempt(this::deleteExpired);
        }));
    }

    /** A part of a round. */
    private interface Part {
        void run() throws PartylineException;
    }

    /** Whatever happens to one part, the others run. */
    private static void attempt(Part part) {
        try {
            part.run();
        } catch (StoreLockedException e) {
            LOG.trace("locked: the store deletes its expired records itself");
        } catch (PartylineException e) {
            LOG.warn("expiry waits: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            // Not rethrown: that would end all later rounds.
            LOG.error("a part of expiry stopped for this round ({})", Faults.reason(e));
        }
    }

    private void deleteExpired() throws StoreException {
        Instant now = clock.instant();
        try (AfterCommit after = new AfterCommit()) {
            guard.update(tx -> participants.expired(tx, after, tx.deleteExpired(now)));
            after.commit();
        }
    }
}
