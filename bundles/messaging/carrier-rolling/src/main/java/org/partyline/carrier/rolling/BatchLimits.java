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

/** Limits a roll by the nodes' relay limits and the amount of its coin. */
final class BatchLimits {
    /** The bytes of a script in addition to a packet. */
    static final int PUSH_OVERHEAD = 3;
    /** In bytes: smaller packets are rare when it matters how many fit. */
    private static final int USUAL_SIZE = 80;

    private final CarrierContext context;

    BatchLimits(CarrierContext context) {
        this.context = context;
    }

    /** The limits of the strictest node. */
    static RelayPolicy narrowest(List<CarrierNode> nodes) {
        return nodes.stream()
                .map(CarrierNode::policy)
                .min(Comparator.comparingInt(RelayPolicy::maxOutputs).thenComparingInt(RelayPolicy::maxScriptBytes))
                .orElse(RelayPolicy.CONSERVATIVE);
    }

    /** The number of packets of the usual size in a version. */
    int room(List<CarrierNode> nodes) {
        RelayPolicy policy = narrowest(nodes);
        int fit = policy.maxScriptBytes() / (USUAL_SIZE + PUSH_OVERHEAD);
        return Math.max(1, Math.min(context.rules().mostPackets(), Math.min(policy.maxOutputs(), fit)));
    }

    /** The virtual size of the next version, which spends the same coin to the same change. */
    static int likelyVsize(ReplaceableBatch before, List<byte[]> payloads) {
        return before.vsize()
                - TransactionSize.outputs(
                        before.rides().stream().map(BatchedPacket::packet).toList())
                + TransactionSize.outputs(payloads);
    }

    /**
     * The first version, and one that only recalls packets, may pay what is necessary.
     *
     * @throws InsufficientFundsException if the coin may not pay more, so that another one must be used
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
     * Whether packets that must be sent again are included with the next packet, whatever that is. If they used a
     * separate point of cover traffic, messages would have to wait, so that packets afterwards would more often be
     * messages than usual.
     */
    boolean takesAlong(int persona, Network network, List<CarrierNode> nodes) {
        return context.isCovered(persona, network) && room(nodes) > 1;
    }

    /** Whether a roll has reached its maximum age. */
    boolean hasEnded(ReplaceableBatch roll) {
        Duration age = Duration.between(Instant.ofEpochMilli(roll.started()), context.now());
        return !roll.ended() && age.compareTo(context.rules().mostAge()) > 0;
    }
}
