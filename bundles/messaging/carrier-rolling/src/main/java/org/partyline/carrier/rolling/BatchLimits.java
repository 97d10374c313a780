package org.partyline.carrier.rolling;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierRules;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.RelayPolicy;

/** Limits a roll by what nodes relay and what its coin can pay. */
final class BatchLimits {
    /** What a script has besides a packet, in bytes. */
    static final int PUSH_OVERHEAD = 3;
    /** Bytes: packets are rarely smaller where it matters how many fit. */
    private static final int USUAL_SIZE = 80;

    private final CarrierContext context;

    BatchLimits(CarrierContext context) {
        this.context = context;
    }

    /** What every one of the nodes carries. */
    static RelayPolicy narrowest(List<CarrierNode> nodes) {
        return nodes.stream()
                .map(CarrierNode::policy)
                .min(Comparator.comparingInt(RelayPolicy::maxOutputs).thenComparingInt(RelayPolicy::maxScriptBytes))
                .orElse(RelayPolicy.CONSERVATIVE);
    }

    /** How many packets of the usual size a version may have. */
    int room(List<CarrierNode> nodes) {
        RelayPolicy policy = narrowest(nodes);
        int fit = policy.maxScriptBytes() / (USUAL_SIZE + PUSH_OVERHEAD);
        return Math.max(1, Math.min(context.rules().mostPackets(), Math.min(policy.maxOutputs(), fit)));
    }

    /** Virtual bytes of the next version, which spends the same coin to the same change. */
    static int likelyVsize(ReplaceableBatch before, List<byte[]> payloads) {
        return before.vsize()
                - TransactionSize.outputs(
                        before.rides().stream().map(BatchedPacket::packet).toList())
                + TransactionSize.outputs(payloads);
    }

    /**
     * The first version, and one that only takes packets back, may pay what it has to.
     *
     * @throws InsufficientFundsException if the coin may pay no more: another one goes on
     */
    void check(Optional<ReplaceableBatch> before, boolean takesBack, long fee, int vsize)
            throws InsufficientFundsException {
        if (before.isEmpty() || takesBack) {
            return;
        }
        CarrierRules rules = context.rules();
        if (fee > rules.mostFee()) {
            throw new InsufficientFundsException(
                    "the rolling transaction has reached roll-max-fee = " + rules.mostFee() + "sat");
        }
        if (fee > rules.feeMaximum().fee(vsize)) {
            throw new InsufficientFundsException(
                    "the rolling transaction has reached fee-maximum = " + rules.feeMaximum());
        }
    }

    /** Whether a version would pay more than its coin may. */
    boolean isOver(long fee, int vsize) {
        CarrierRules rules = context.rules();
        return fee > rules.mostFee() || fee > rules.feeMaximum().fee(vsize);
    }

    /**
     * Whether what is to ride again comes along with the next packet, whatever that is. Would it take a point of cover traffic for
     * itself, messages had to wait meanwhile, and what comes after it would be one more often than else.
     */
    boolean takesAlong(int persona, Network network, List<CarrierNode> nodes) {
        return context.isCovered(persona, network) && room(nodes) > 1;
    }

    /** Whether a roll has gone on for as long as it may. */
    boolean hasEnded(ReplaceableBatch roll) {
        Duration age = Duration.between(Instant.ofEpochMilli(roll.started()), context.now());
        return !roll.ended() && age.compareTo(context.rules().mostAge()) > 0;
    }
}
