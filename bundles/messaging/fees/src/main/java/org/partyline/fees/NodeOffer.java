package org.partyline.fees;

import static java.util.Comparator.naturalOrder;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.settings.FeeSettings;

/**
 * The fee rates of a node.
 *
 * @param estimate for the configured target; empty if it has none
 * @param floor the rate below which it relays nothing
 */
record NodeOffer(Network network, String node, Optional<FeeRate> estimate, FeeRate floor) {
    /** Honest nodes see about the same mempool: a larger difference deserves attention. */
    private static final int FACTOR = 3;

    /** Warnings about the rates of one network's nodes, one line each. */
    static List<String> warnings(List<NodeOffer> offers, FeeSettings settings) {
        List<String> all = new ArrayList<>();
        String network = offers.get(0).network().label();
        apart(offers, NodeOffer::estimate)
                .ifPresent(list -> all.add("the fee estimates of " + network + "'s nodes differ by more than " + FACTOR
                        + " times: " + list + "; the median is used"));
        apart(offers, offer -> Optional.of(offer.floor()))
                .ifPresent(list -> all.add("the relay floors of " + network + "'s nodes differ by more than " + FACTOR
                        + " times: " + list + "; the highest acceptable one is used for all"));
        FeeRate ceiling = settings.ceiling(
                offers.stream().map(NodeOffer::floor).max(naturalOrder()).orElseThrow());
        median(offers.stream().map(NodeOffer::estimate).flatMap(Optional::stream))
                .filter(estimate -> !settings.maximumChosen() && estimate.compareTo(ceiling) > 0)
                .ifPresent(estimate -> all.add("the fee estimate of " + network + ", " + estimate + ", is over "
                        + FeeSettings.FLOORS + " times the relay floor: at most " + ceiling
                        + " is paid, and confirmation may be slow; to pay more, set fee-maximum"));
        return all;
    }

    /** The median; the lower one of two: a low rate is relayed anyway, since the floor applies. */
    static Optional<FeeRate> median(Stream<FeeRate> rates) {
        List<FeeRate> sorted = rates.sorted().toList();
        return sorted.isEmpty() ? Optional.empty() : Optional.of(sorted.get((sorted.size() - 1) / 2));
    }

    /** The rates by node, lowest first, if the highest is too many times the lowest. */
    private static Optional<String> apart(List<NodeOffer> offers, Function<NodeOffer, Optional<FeeRate>> rate) {
        List<NodeOffer> sorted = offers.stream()
                .filter(offer -> rate.apply(offer).isPresent())
                .sorted(Comparator.comparing(offer -> rate.apply(offer).get()))
                .toList();
        if (sorted.size() < 2) {
            return Optional.empty();
        }
        long lowest = rate.apply(sorted.get(0)).get().satPerKvb();
        long highest = rate.apply(sorted.get(sorted.size() - 1)).get().satPerKvb();
        return highest <= lowest * FACTOR
                ? Optional.empty()
                : Optional.of(sorted.stream()
                        .map(offer -> offer.node() + " " + rate.apply(offer).get())
                        .collect(Collectors.joining(", ")));
    }
}
