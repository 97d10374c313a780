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
    /** No message has this id. */
    private static final long NONE = -1;

    private final CarrierContext context;

    /** The stored messages of a carrier. */
    @FunctionalInterface
    interface Kept {
        Optional<CarriedMessage> find(long id) throws StoreException;
    }

    BatchChoice(CarrierContext context) {
        this.context = context;
    }

    /**
     * In order of priority: new packets, those that must be sent again, the last opener of a chain (without which the
     * packets after it cannot be read), then the newest of the previous ones, as many as the network relays. The result
     * is ordered from oldest to newest.
     *
     * @param covered whether all packets must stay equally long, since decoys open no chains
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

    /** The packets whose messages have not ended. */
    private List<BatchedPacket> wanted(Kept kept, List<BatchedPacket> rides, long quoted) throws StoreException {
        Instant now = context.now();
        List<BatchedPacket> all = new ArrayList<>();
        for (BatchedPacket ride : rides) {
            Optional<CarriedMessage> found = kept.find(ride.message());
            // A packet that was replaced in an earlier version is no longer wanted.
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
