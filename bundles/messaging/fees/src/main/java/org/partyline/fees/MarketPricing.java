package org.partyline.fees;

import static java.util.Comparator.naturalOrder;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.partyline.api.Faults;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.engine.Fees;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.fees.FeePolicy;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.state.MessageWaitsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Determines the fee rate of transactions from a policy or the node, within the configured limits and never below the
 * node's floor.
 */
public final class MarketPricing implements Pricing {
    private static final Logger LOG = LoggerFactory.getLogger(MarketPricing.class);

    private final OperatorSettings settings;
    private final NodeDirectory nodes;
    private final FeeMath math;
    private final SecureRandom random;
    private final Collection<FeePolicy> policies;
    /** The rates of each node when a price was last calculated with it. */
    private final Map<String, NodeOffer> offers = new ConcurrentHashMap<>();

    /** @param policies of other bundles, a live collection; the first one with an opinion counts */
    public MarketPricing(
            OperatorSettings settings,
            NodeDirectory nodes,
            FeeMath math,
            SecureRandom random,
            Collection<FeePolicy> policies) {
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
        Price price = price(among);
        FeeRate most = highest(price.aim(), settings.get().fees().band());
        return most.compareTo(price.ceiling()) > 0 ? price.ceiling() : most;
    }

    @Override
    public FeeRate highest(FeeRate rate, int bandPercent) {
        long most = rate.satPerKvb() + rate.satPerKvb() * bandPercent / 100;
        return new FeeRate(Math.max(
                rate.satPerKvb(), Math.min(most, settings.get().fees().maximum().satPerKvb())));
    }

    @Override
    public FeeRate rate(Transport node) throws PartylineException {
        return rate(List.of(node));
    }

    @Override
    public FeeRate rate(List<Transport> among) throws PartylineException {
        return price(among).aim();
    }

    /**
     * The rate to aim at, and the maximum of any draw. The median of the estimates counts, so that one dishonest node
     * of three does not determine the price; and the highest floor, so that every node relays the transaction.
     */
    private Price price(List<Transport> among) throws PartylineException {
        if (among.isEmpty()) {
            throw new PartylineException("no ready node estimates a fee rate");
        }
        List<Transport> entries = entries(among);
        FeeSettings now = settings.get().fees();
        FeeRate floor =
                entries.stream().map(MarketPricing::floor).max(naturalOrder()).orElseThrow();
        List<FeeRate> wanted = new ArrayList<>();
        for (Transport node : among) {
            // Also for a node that is left out, so that its rate is known.
            Optional<FeeRate> rate = wanted(node, now.target(), floor(node));
            rate.filter(counts -> entries.contains(node)).ifPresent(wanted::add);
        }
        FeeRate ceiling = now.ceiling(floor);
        FeeRate aim = math.aim(NodeOffer.median(wanted.stream()), floor, now.minimum(), ceiling)
                .orElseThrow(() -> tooDear(entries.get(entries.size() - 1), now.maximum()));
        return new Price(aim, ceiling);
    }

    /** On hold: the operator decides what may be paid. */
    private static PartylineException tooDear(Transport node, FeeRate maximum) {
        String floor = "node '" + node.name() + "' relays nothing below " + floor(node);
        return MessageWaitsException.onHold(
                floor(node).compareTo(maximum) > 0
                        ? floor + ", but fee-maximum is " + maximum
                                + ": it waits, or raise it with partyline:config fee-maximum"
                        : floor + ", more than " + FeeSettings.FLOORS
                                + " times the others' floor: nothing is sent through it unless you set fee-maximum");
    }

    private static FeeRate floor(Transport node) {
        return node.policy().minRelayFee();
    }

    /**
     * A fee rate and its ceiling.
     *
     * @param ceiling is never exceeded
     */
    private record Price(FeeRate aim, FeeRate ceiling) {}

    /**
     * Nodes that require more than is paid relay nothing of ours. If the operator chose no maximum, that includes a
     * node whose floor is more than ten times what half of the nodes require: of three or more, one alone cannot raise
     * the price.
     */
    @Override
    public List<Transport> entries(List<Transport> among) {
        return within(among, MarketPricing::floor);
    }

    private List<Transport> within(List<Transport> among, Function<Transport, FeeRate> required) {
        FeeSettings now = settings.get().fees();
        List<FeeRate> rates = among.stream().map(required).sorted().toList();
        FeeRate most = rates.isEmpty() ? now.maximum() : now.ceiling(rates.get(rates.size() / 2));
        List<Transport> within = among.stream()
                .filter(node -> required.apply(node).compareTo(most) <= 0)
                .toList();
        return within.isEmpty() ? among : within;
    }

    @Override
    public FeeRate draw(List<Transport> among) throws PartylineException {
        Price price = price(among);
        return math.draw(price.aim(), settings.get().fees().band(), price.ceiling(), random);
    }

    @Override
    public FeeRule replacement(SignedTransaction before, List<Transport> nodes) {
        return vsize -> replacement(before.fee(), before.vsize(), vsize, nodes);
    }

    @Override
    public long replacement(long fee, int before, int vsize, List<Transport> among) {
        return within(entries(among), node -> node.policy().incrementalFee()).stream()
                .mapToLong(node -> math.replacement(
                        fee,
                        before,
                        vsize,
                        node.policy().incrementalFee(),
                        node.policy().minRelayFee()))
                .max()
                .orElseThrow();
    }

    /** The rate of the first policy with an opinion, or of the node itself. */
    private Optional<FeeRate> wanted(Transport node, int target, FeeRate floor) {
        Optional<FeeRate> estimate = estimate(node, target);
        offers.put(node.name(), new NodeOffer(node.network(), node.name(), estimate, floor));
        for (FeePolicy policy : policies) {
            try {
                Optional<FeeRate> aim =
                        policy.aim(new FeePolicy.Market(node.network(), node.name(), estimate, target, floor));
                if (aim.isPresent()) {
                    return aim;
                }
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("a fee policy failed and is ignored: {}", Faults.reason(e));
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
            // Negative, or more than exists: not a fee rate at all.
            LOG.info("node '{}' has an implausible estimate: {}", node.name(), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public List<Fees.FeeStatus> status() {
        FeeSettings now = settings.get().fees();
        List<Fees.FeeStatus> all = new ArrayList<>();
        for (Transport node : nodes.inUse()) {
            List<Transport> together = together(node);
            FeeRate floor = floor(node);
            FeeRate rate = floor;
            FeeRate ceiling = now.ceiling(floor);
            String refusal = "";
            try {
                if (!entries(together).contains(node)) {
                    throw tooDear(node, now.maximum());
                }
                Price price = price(together);
                rate = price.aim();
                ceiling = price.ceiling();
            } catch (PartylineException e) {
                refusal = e.getMessage();
            }
            NodeOffer offer = offers.get(node.name());
            all.add(new Fees.FeeStatus(
                    node.network(),
                    node.name(),
                    offer == null ? Optional.empty() : offer.estimate(),
                    now.target(),
                    floor,
                    now.minimum(),
                    ceiling,
                    rate,
                    rate.fee(TransactionSize.ONE_PACKET),
                    refusal));
        }
        return all;
    }

    /** The nodes for which a transaction is priced that is sent through this one. */
    private List<Transport> together(Transport node) {
        Set<String> ready = nodes.readyNames();
        return !ready.contains(node.name())
                ? List.of(node)
                : nodes.inUse().stream()
                        .filter(other -> other.network() == node.network() && ready.contains(other.name()))
                        .toList();
    }

    @Override
    public List<String> warnings() {
        Map<Network, List<NodeOffer>> networks = new TreeMap<>();
        // A node that does not answer has not said what it requires.
        Set<String> ready = nodes.readyNames();
        for (Transport node : nodes.inUse()) {
            NodeOffer offer = offers.get(node.name());
            if (offer != null && ready.contains(node.name())) {
                networks.computeIfAbsent(offer.network(), none -> new ArrayList<>())
                        .add(offer);
            }
        }
        List<String> all = new ArrayList<>();
        networks.values()
                .forEach(offers ->
                        all.addAll(NodeOffer.warnings(offers, settings.get().fees())));
        return all;
    }
}
