package org.partyline.fees;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.engine.Fees;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.fees.FeePolicy;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.kernel.WaitsException;
import org.partyline.messaging.kernel.Whiteboard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a transaction pays: what a policy or the node says, between the configured limits, and never under the node's floor. */
public final class MarketPricing implements Pricing {
    private static final Logger LOG = LoggerFactory.getLogger(MarketPricing.class);

    private final OperatorSettings settings;
    private final NodeDirectory nodes;
    private final FeeMath math;
    private final SecureRandom random;
    private final Whiteboard<FeePolicy> policies;

    /** @param policies of other bundles */
    public MarketPricing(
            OperatorSettings settings,
            NodeDirectory nodes,
            FeeMath math,
            SecureRandom random,
            Whiteboard<FeePolicy> policies) {
        this.policies = policies;
        this.settings = settings;
        this.nodes = nodes;
        this.math = math;
        this.random = random;
    }

    @Override
    public long most(List<Transport> among, int packetBytes, int packets) throws PartylineException {
        return highest(among).fee(TransactionSize.of(packetBytes, packets));
    }

    @Override
    public FeeRate highest(List<Transport> among) throws PartylineException {
        return highest(rate(among), settings.get().fees().band());
    }

    @Override
    public FeeRate highest(FeeRate rate, int bandPercent) {
        long most = rate.satPerKvb() + rate.satPerKvb() * bandPercent / 100;
        return new FeeRate(Math.max(
                rate.satPerKvb(), Math.min(most, settings.get().fees().maximum().satPerKvb())));
    }

    @Override
    public FeeRate rate(Transport node) throws PartylineException {
        Settings now = settings.get();
        FeeRate floor = node.policy().minRelayFee();
        return math.aim(
                        wanted(node, now.fees().target(), floor),
                        floor,
                        now.fees().minimum(),
                        now.fees().maximum())
                .orElseThrow(() -> WaitsException.onHold(
                        "node '" + node.name() + "' relays nothing under " + floor + " and fee-maximum is "
                                + now.fees().maximum() + ": it waits, or raise it with partyline:config fee-maximum"));
    }

    @Override
    public FeeRate rate(List<Transport> among) throws PartylineException {
        FeeRate highest = null;
        PartylineException dear = null;
        for (Transport node : among) {
            try {
                FeeRate rate = rate(node);
                highest = highest == null || rate.compareTo(highest) > 0 ? rate : highest;
            } catch (PartylineException e) {
                dear = e;
            }
        }
        if (highest == null && dear != null) {
            throw dear;
        }
        if (highest == null) {
            throw new PartylineException("no node is ready that tells a fee rate");
        }
        return highest;
    }

    @Override
    public List<Transport> entries(List<Transport> among) {
        FeeRate maximum = settings.get().fees().maximum();
        List<Transport> within = among.stream()
                .filter(node -> node.policy().minRelayFee().compareTo(maximum) <= 0)
                .toList();
        return within.isEmpty() ? among : within;
    }

    @Override
    public FeeRate draw(List<Transport> among) throws PartylineException {
        Settings now = settings.get();
        return math.draw(rate(among), now.fees().band(), now.fees().maximum(), random);
    }

    @Override
    public FeeRule replacement(SignedTransaction before, List<Transport> nodes) {
        return vsize -> replacement(before.fee(), before.vsize(), vsize, nodes);
    }

    @Override
    public long replacement(long fee, int before, int vsize, List<Transport> among) {
        return among.stream()
                .mapToLong(node -> math.replacement(
                        fee,
                        before,
                        vsize,
                        node.policy().incrementalFee(),
                        node.policy().minRelayFee()))
                .max()
                .orElseThrow();
    }

    /** What the first policy that has an opinion says, or the node itself. */
    private Optional<FeeRate> wanted(Transport node, int target, FeeRate floor) {
        Optional<FeeRate> estimate = estimate(node, target);
        for (FeePolicy policy : policies.all()) {
            try {
                Optional<FeeRate> aim =
                        policy.aim(new FeePolicy.Market(node.network(), node.name(), estimate, target, floor));
                if (aim.isPresent()) {
                    return aim;
                }
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("a fee policy failed, and has no say in this: {}", e.toString());
            }
        }
        return estimate;
    }

    private static Optional<FeeRate> estimate(Transport node, int target) {
        try {
            return node.estimateFee(target);
        } catch (NodeUnavailableException e) {
            LOG.debug("no fee estimate: {}", e.getMessage());
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            // Less than nothing, or more than there is: no fee rate at all.
            LOG.info("node '{}' has an estimate that makes no sense: {}", node.name(), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public List<Fees.FeeStatus> status() {
        Settings now = settings.get();
        List<Fees.FeeStatus> all = new ArrayList<>();
        for (Transport node : nodes.inUse()) {
            FeeRate floor = node.policy().minRelayFee();
            FeeRate rate;
            String refusal = "";
            try {
                rate = rate(node);
            } catch (PartylineException e) {
                rate = floor;
                refusal = e.getMessage();
            }
            all.add(new Fees.FeeStatus(
                    node.network(),
                    node.name(),
                    estimate(node, now.fees().target()),
                    now.fees().target(),
                    floor,
                    now.fees().minimum(),
                    now.fees().maximum(),
                    rate,
                    rate.fee(TransactionSize.ONE_PACKET),
                    refusal));
        }
        return all;
    }
}
