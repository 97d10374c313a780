package org.partyline.kernel;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.Days;
import org.partyline.messaging.kernel.Live;
import org.partyline.messaging.kernel.Notices;
import org.partyline.messaging.kernel.ReadingServices;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Advances time: starts new days, erases old roots and skipped keys, and deletes expired data. */
final class MaintenanceJob {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceJob.class);

    private final StateGuard guard;
    private final Clock clock;
    private final OperatorSettings settings;
    private final ReadingServices reading;
    private final Notices notices;
    private final Live<Reception> reception;
    private final SessionUpkeep sessions;
    private final ChainUpkeep chains;
    private final MessageCounts counts;

    MaintenanceJob(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            ReadingServices reading,
            Notices notices,
            Live<Reception> reception,
            SessionUpkeep sessions,
            ChainUpkeep chains) {
        this.guard = guard;
        this.clock = clock;
        this.settings = settings;
        this.reading = reading;
        this.notices = notices;
        this.reception = reception;
        this.sessions = sessions;
        this.chains = chains;
        this.counts = new MessageCounts(guard, clock);
    }

    /** To be called about twice a minute. Does nothing while locked. */
    void round() {
        // What derivations took is given back to the machine: the heap would keep it for the next ones.
        KdfMemory.ofThisProcess().settle();
        try {
            notices.security().flush();
            guard.<Void, PartylineException>open(unlocked -> {
                if (!reading.isPossible()) {
                    LOG.debug("expiry waits for services that are not running");
                    return null;
                }
                if (reception.isHere()) {
                    chains.look(unlocked);
                }
                // What was collected while locked may be of days ago: until it is read no key goes.
                if (reception.isHere() && !reception.service().isDraining() && unlocked.unmatched.again.isEmpty()) {
                    turnDays(unlocked);
                    chains.expire(unlocked);
                    sessions.keep(unlocked);
                }
                expireRecords(unlocked);
                if (reception.isHere()) {
                    reception.service().retryFailed(unlocked);
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

    /** Expects the days to come, and erases the roots before yesterday, once those days' packets have been read. */
    private void turnDays(Unlocked unlocked) throws StoreException {
        Instant now = clock.instant();
        int today = Days.of(now);
        int oldest = Days.of(now.minus(settings.get().reading().catchUp()));
        for (ChannelMembership member : unlocked.conversations.members()) {
            if (unlocked.beacons.add(member, today - 1, today + 1)) {
                notices.bus().publish(new Bus.Expected());
            }
            int horizon = Days.of(reception.service().horizon(member.network(), now));
            // Packets whose keys are still derived count as not read.
            int read = Math.min(horizon, unlocked.secrets.firstDay(member.id()).orElse(today) + 1);
            int keep = Math.max(Math.min(read, today) - 1, oldest);
            if (keep <= member.entry.rootDay()) {
                continue;
            }
            // The store first: when the disk refuses, the next round tries again.
            try (SecretBytes root = unlocked.beacons.root(member, keep)) {
                MembershipRecord moved = member.entry.withRoot(keep, root.expose());
                guard.transact(tx -> {
                    for (int day = member.entry.rootDay(); day < keep; day++) {
                        SeenLocators.forgetSeen(tx, member.id(), day);
                    }
                    Tables.putSecret(tx, MembershipRecord.TABLE, Keys.of(member.id()), Keys.ALL, moved);
                    SeenChains.forgetBefore(tx, member.id(), keep);
                    return null;
                });
            }
            unlocked.beacons.forgetBefore(member, keep);
        }
    }

    private void expireRecords(Unlocked unlocked) throws StoreException {
        Instant now = clock.instant();
        List<StoredRecord> expired = guard.transact(tx -> {
            List<StoredRecord> deleted = tx.deleteExpired(now);
            // Listing conversations does the same; here it is done in case nobody lists them.
            counts.refresh(tx, unlocked);
            return deleted;
        });
        for (StoredRecord gone : expired) {
            if (gone.table().equals(OutgoingRecords.TABLE)) {
                unlocked.packets.removeSent(ByteBuffer.wrap(gone.key()).getLong());
            } else if (gone.table().equals(HeldPackets.UNMATCHED)) {
                unlocked.unmatched.remove(new PacketId(gone.key()));
            } else if (gone.table().equals(HeldPackets.PARKED)) {
                unlocked.parked.remove(new PacketId(gone.key()));
            }
        }
    }
}
