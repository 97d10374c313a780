package org.partyline.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.Transport;
import org.partyline.engine.fees.FeePolicy;
import org.partyline.engine.fees.Spending;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.WaitsException;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.schedule.CoverPlans;

/** How far a roll may go: what nodes carry, what its coin may pay, and what the caps leave. */
final class BatchLimits {
    /** What a script has besides a packet, in bytes. */
    static final int PUSH_OVERHEAD = 3;

    private final Core core;
    private final Spending spending;

    BatchLimits(Core core, Spending spending) {
        this.core = core;
        this.spending = spending;
    }

    /** What every one of the nodes carries. */
    static RelayPolicy narrowest(List<Transport> nodes) {
        return nodes.stream()
                .map(Transport::policy)
                .min(Comparator.comparingInt(RelayPolicy::maxOutputs).thenComparingInt(RelayPolicy::maxScriptBytes))
                .orElse(RelayPolicy.CONSERVATIVE);
    }

    /** How many packets of the usual size a version may have. */
    int room(List<Transport> nodes) {
        RelayPolicy policy = narrowest(nodes);
        int fit = policy.maxScriptBytes() / (CoverPlans.LEAST_SIZE + PUSH_OVERHEAD);
        return Math.max(1, Math.min(core.settings.get().rolling().packets(), Math.min(policy.maxOutputs(), fit)));
    }

    /** Virtual bytes of the next version, which spends the same coin to the same change. */
    static int likelyVsize(ReplaceableBatch before, List<byte[]> payloads) {
        return before.vsize()
                - FeePolicy.outputs(
                        before.rides().stream().map(BatchedPacket::packet).toList())
                + FeePolicy.outputs(payloads);
    }

    /**
     * The first version, and one that only takes packets back, may pay what it has to.
     *
     * @throws InsufficientFundsException when the coin may pay no more: another one goes on
     */
    void checkLimits(
            Optional<ReplaceableBatch> before,
            List<BatchedPacket> rides,
            List<BatchedPacket> boarding,
            long fee,
            int vsize)
            throws InsufficientFundsException {
        boolean less = before.isPresent()
                && boarding.isEmpty()
                && rides.size() < before.get().rides().size();
        if (before.isEmpty() || less) {
            return;
        }
        Settings settings = core.settings.get();
        if (fee > settings.rolling().maxFee()) {
            throw new InsufficientFundsException("the rolling transaction has reached roll-max-fee = "
                    + settings.rolling().maxFee() + "sat");
        }
        if (fee > settings.fees().maximum().fee(vsize)) {
            throw new InsufficientFundsException("the rolling transaction has reached fee-maximum = "
                    + settings.fees().maximum());
        }
    }

    /** Whether a version would pay more than its coin may. */
    boolean isOver(long fee, int vsize) {
        Settings settings = core.settings.get();
        return fee > settings.rolling().maxFee()
                || fee > settings.fees().maximum().fee(vsize);
    }

    /** @throws WaitsException says which cap refuses what a version adds to the fee */
    void checkCaps(
            StoreTransaction tx, List<BatchedPacket> rides, List<BatchedPacket> boarding, long added, int persona)
            throws PartylineException {
        long already = 0;
        for (BatchedPacket ride : boarding) {
            if (rides.contains(ride)) {
                already = Math.max(
                        already,
                        Outbox.find(tx, ride.message())
                                .map(OutgoingMessage::fee)
                                .orElse(0L));
            }
        }
        Optional<String> refusal = spending.refuse(tx, added, already, persona);
        if (refusal.isPresent()) {
            throw new WaitsException(refusal.get());
        }
    }
}
