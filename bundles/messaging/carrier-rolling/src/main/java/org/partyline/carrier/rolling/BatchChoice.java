package org.partyline.carrier.rolling;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.RelayPolicy;

/** Chooses the packets of the next version of a rolling transaction. */
final class BatchChoice {
    /** The id of no message. */
    private static final long NONE = -1;

    private final CarrierContext context;

    /** The messages of a carrier that are kept. */
    @FunctionalInterface
    interface Kept {
        Optional<CarriedMessage> find(long id) throws StoreException;
    }

    BatchChoice(CarrierContext context) {
        this.context = context;
    }

    /**
     * New packets first, then those that come along to ride again, then the last one that opened a chain, without which nobody reads
     * what comes behind it, then the newest of those before, as many as the network carries; oldest first in the result.
     *
     * @param covered whether all are to ride for as long: no decoy opens a chain
     */
    List<BatchedPacket> of(
            Kept kept,
            Optional<ReplaceableBatch> before,
            List<BatchedPacket> boarding,
            List<BatchedPacket> back,
            RelayPolicy policy,
            boolean covered)
            throws StoreException {
        return of(kept, before, boarding, back, policy, covered, NONE);
    }

    /** The same, while a message is quoted that may not be stored yet. @param quoted the message's id */
    List<BatchedPacket> of(
            Kept kept,
            Optional<ReplaceableBatch> before,
            List<BatchedPacket> boarding,
            List<BatchedPacket> back,
            RelayPolicy policy,
            boolean covered,
            long quoted)
            throws StoreException {
        int room = Math.max(1, Math.min(context.rules().mostPackets(), policy.maxOutputs()));
        int bytes = policy.maxScriptBytes();
        List<BatchedPacket> candidates = new ArrayList<>(boarding);
        candidates.addAll(back);
        List<BatchedPacket> old =
                new ArrayList<>(wanted(kept, before.map(ReplaceableBatch::rides).orElse(List.of()), quoted));
        Collections.reverse(old);
        if (!covered && boarding.stream().noneMatch(BatchedPacket::opener)) {
            old.stream().filter(BatchedPacket::opener).findFirst().ifPresent(candidates::add);
        }
        old.stream().filter(ride -> !candidates.contains(ride)).forEach(candidates::add);
        List<BatchedPacket> chosen = new ArrayList<>();
        for (BatchedPacket ride : candidates) {
            int script = ride.packet().length + BatchLimits.PUSH_OVERHEAD;
            if (chosen.size() < room && (chosen.isEmpty() || bytes - script >= 0)) {
                bytes -= script;
                chosen.add(ride);
            }
        }
        List<BatchedPacket> rides =
                new ArrayList<>(before.map(ReplaceableBatch::rides).orElse(List.of()));
        rides.addAll(back);
        rides.addAll(boarding);
        rides.retainAll(chosen);
        return rides;
    }

    /** Those whose message's time has not ended. */
    private List<BatchedPacket> wanted(Kept kept, List<BatchedPacket> rides, long quoted) throws StoreException {
        Instant now = context.now();
        List<BatchedPacket> all = new ArrayList<>();
        for (BatchedPacket ride : rides) {
            Optional<CarriedMessage> found = kept.find(ride.message());
            // One that had its time in an earlier version is wanted no more.
            if (ride.message() == quoted
                    || found.isPresent()
                            && now.isBefore(found.get().expires())
                            && (!found.get().isSettled() || found.get().isConfirmed())) {
                all.add(ride);
            }
        }
        return all;
    }
}
