package org.partyline.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;

/** Which packets ride in the next version of a rolling transaction. */
final class BatchChoice {
    private final Core core;

    BatchChoice(Core core) {
        this.core = core;
    }

    /**
     * New packets first, then those that come along to ride again, then the last one that opened a chain, without which nobody reads
     * what comes behind it, then the newest of those before, as many as the network carries; oldest first in the result.
     *
     * @param covered whether all are to ride for as long: no decoy opens a chain
     */
    List<BatchedPacket> of(
            Optional<ReplaceableBatch> before,
            List<BatchedPacket> boarding,
            List<BatchedPacket> back,
            RelayPolicy policy,
            boolean covered)
            throws StoreException {
        int room = Math.max(1, Math.min(core.settings.get().rolling().packets(), policy.maxOutputs()));
        int bytes = policy.maxScriptBytes();
        List<BatchedPacket> candidates = new ArrayList<>(boarding);
        candidates.addAll(back);
        List<BatchedPacket> old =
                new ArrayList<>(wanted(before.map(ReplaceableBatch::rides).orElse(List.of())));
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
    private List<BatchedPacket> wanted(List<BatchedPacket> rides) throws StoreException {
        long now = core.now().toEpochMilli();
        return core.open(memory -> core.store.transact(tx -> {
            List<BatchedPacket> all = new ArrayList<>();
            for (BatchedPacket ride : rides) {
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
