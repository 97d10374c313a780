package org.partyline.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.RelayPolicy;

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
    List<Records.Ride> of(
            Optional<Records.Roll> before,
            List<Records.Ride> boarding,
            List<Records.Ride> back,
            RelayPolicy policy,
            boolean covered)
            throws StoreException {
        int room = Math.max(1, Math.min(core.settings.get().rollPackets(), policy.maxOutputs()));
        int bytes = policy.maxScriptBytes();
        List<Records.Ride> candidates = new ArrayList<>(boarding);
        candidates.addAll(back);
        List<Records.Ride> old =
                new ArrayList<>(wanted(before.map(Records.Roll::rides).orElse(List.of())));
        Collections.reverse(old);
        if (!covered && boarding.stream().noneMatch(Records.Ride::opener)) {
            old.stream().filter(Records.Ride::opener).findFirst().ifPresent(candidates::add);
        }
        old.stream().filter(ride -> !candidates.contains(ride)).forEach(candidates::add);
        List<Records.Ride> chosen = new ArrayList<>();
        for (Records.Ride ride : candidates) {
            int script = ride.packet().length + RollLimits.PUSH_OVERHEAD;
            if (chosen.size() < room && (chosen.isEmpty() || bytes - script >= 0)) {
                bytes -= script;
                chosen.add(ride);
            }
        }
        List<Records.Ride> rides =
                new ArrayList<>(before.map(Records.Roll::rides).orElse(List.of()));
        rides.addAll(back);
        rides.addAll(boarding);
        rides.retainAll(chosen);
        return rides;
    }

    /** Those whose message's time has not ended. */
    private List<Records.Ride> wanted(List<Records.Ride> rides) throws StoreException {
        long now = core.now().toEpochMilli();
        return core.open(memory -> core.store.transact(tx -> {
            List<Records.Ride> all = new ArrayList<>();
            for (Records.Ride ride : rides) {
                Optional<Records.Outgoing> found = Outbox.find(tx, ride.message());
                if (found.isPresent()
                        && now < found.get().expires()
                        && (!found.get().state().isFinal() || found.get().state() == State.CONFIRMED)) {
                    all.add(ride);
                }
            }
            return all;
        }));
    }
}
