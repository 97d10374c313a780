package org.partyline.vault;

import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.store.StoreLockedException;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Advances time: starts new days, erases old roots and skipped keys, and deletes expired data. */
final class MaintenanceJob {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceJob.class);

    private final StateGuard guard;
    private final ReadingServices reading;
    private final SecurityLog security;
    private final Live<Reception> reception;
    private final SessionUpkeep sessions;
    private final ChainUpkeep chains;
    private final ChannelDays days;
    private final RecordExpiry records;

    MaintenanceJob(
            StateGuard guard,
            ReadingServices reading,
            SecurityLog security,
            Live<Reception> reception,
            SessionUpkeep sessions,
            ChainUpkeep chains,
            ChannelDays days,
            RecordExpiry records) {
        this.guard = guard;
        this.reading = reading;
        this.security = security;
        this.reception = reception;
        this.sessions = sessions;
        this.chains = chains;
        this.days = days;
        this.records = records;
    }

    /** To be called about twice a minute. Does nothing while locked. */
    void round() {
        // What derivations took is given back to the machine: the heap would keep it for the next ones.
        KdfMemory.ofThisProcess().settle();
        try {
            security.flush();
            guard.<Void, PartylineException>open(() -> {
                if (!reading.isPossible()) {
                    LOG.debug("expiry waits for services that are not running");
                    return null;
                }
                if (reception.isHere()) {
                    chains.look();
                }
                // What was collected while locked may be of days ago: until it is read no key goes.
                if (reception.isHere() && !reception.service().isDraining() && days.areRead()) {
                    days.turn();
                    chains.expire();
                    sessions.keep();
                }
                records.expire();
                if (reception.isHere()) {
                    reception.service().retryFailed();
                }
                return null;
            });
        } catch (StoreLockedException e) {
            LOG.trace("locked: the store deletes its expired records itself");
        } catch (PartylineException e) {
            LOG.warn("expiry waits: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            // Not let out: it would end all rounds to come.
            LOG.error("expiry stopped for this round", e);
        }
    }
}
