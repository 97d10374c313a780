package org.partyline.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.engine.mailbox.OutgoingMessage;

/** Which packets ride in the next version of a rolling transaction. */
final class RollChoice {
    private final Core core;

    RollChoice(Core core) {
        this.core = core;
    }

    /**
     * New packets first, then those that come along to ride again, then the last one that opened a chain, without which nobody reads
     * what comes behind it, then the newest of those before, as many as the network carries; oldest first in the result.
     *
     * @param covered whether all are to ride for as long: no decoy opens a chain
     */
    List<Ride> of(Optional<Roll> before, List<Ride> boarding, List<Ride> back, RelayPolicy policy, boolean covered)
            throws StoreException {
        int room = Math.max(1, Math.min(core.settings.get().rollPackets(), policy.maxOutputs()));
        int bytes = policy.maxScriptBytes();
        List<Ride> candidates = new ArrayList<>(boarding);
        candidates.addAll(back);
        List<Ride> old = new ArrayList<>(wanted(before.map(Roll::rides).orElse(List.of())));
        Collections.reverse(old);
        if (!covered && boarding.stream().noneMatch(Ride::opener)) {
            old.stream().filter(Ride::opener).findFirst().ifPresent(candidates::add);
        }
        old.stream().filter(ride -> !candidates.contains(ride)).forEach(candidates::add);
        List<Ride> chosen = new ArrayList<>();
        for (Ride ride : candidates) {
            int script = ride.packet().length + RollLimits.PUSH_OVERHEAD;
            if (chosen.size() < room && (chosen.isEmpty() || bytes - script >= 0)) {
                bytes -= script;
                chosen.add(ride);
            }
        }
        List<Ride> rides = new ArrayList<>(before.map(Roll::rides).orElse(List.of()));
        rides.addAll(back);
        rides.addAll(boarding);
        rides.retainAll(chosen);
        return rides;
    }

    /** Those whose message's time has not ended. */
    private List<Ride> wanted(List<Ride> rides) throws StoreException {
        long now = core.now().toEpochMilli();
        return core.open(memory -> core.store.transact(tx -> {
            List<Ride> all = new ArrayList<>();
            for (Ride ride : rides) {
                Optional<OutgoingMessage> found = Outbox.find(tx, ride.message());
                if (found.isPresent()
                        && now < found.get().expires()
                        && (!found.get().state().isSettled() || found.get().state() == State.CONFIRMED)) {
                    all.add(ride);
                }
            }
            return all;
        }));
    }
}
