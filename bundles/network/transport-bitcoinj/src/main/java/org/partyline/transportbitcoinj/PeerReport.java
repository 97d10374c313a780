package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.bitcointx.PinnedBlock;

/**
 * Summarises what the peers report about the network.
 *
 * @param settings the node's settings
 * @param all every address, connected or not
 * @param ready those that have completed the handshake
 * @param tip our chain's tip
 * @param synced whether a peer once had no more headers than we have
 */
record PeerReport(P2pSettings settings, Collection<Contact> all, List<Contact> ready, BlockRef tip, boolean synced) {
    /** The first Bitcoin Core that limits clusters instead of chains. */
    private static final int CLUSTERS = 310_000;

    /** Below this a feefilter is meaningless, since nodes blur theirs. */
    private static final long LOWEST_FLOOR = 100;
    /** Nodes that do not want any transactions send an absurdly high fee. */
    private static final long HIGHEST_FLOOR = 1_000_000;

    /** The oldest Bitcoin Core version among them, such as 310000; empty if there is none. */
    OptionalInt version() {
        return ready.stream()
                .map(contact -> P2pSettings.version(
                        contact.connection().version().map(v -> v.subVer).orElse("")))
                .filter(OptionalInt::isPresent)
                .mapToInt(OptionalInt::getAsInt)
                .min();
    }

    /** The node's state; empty before anything is known. */
    Optional<NodeStatus> status() {
        return ready.isEmpty()
                ? all.stream().filter(c -> !c.problem.isEmpty()).findFirst().map(this::unreached)
                : Optional.of(reached());
    }

    private NodeStatus unreached(Contact tried) {
        boolean refused = all.stream().allMatch(c -> c.route != null && c.route.kind() == NetworkRoute.Kind.REFUSED);
        return status(
                refused ? NodeStatus.State.REFUSED : NodeStatus.State.UNREACHABLE,
                "node " + settings.name() + (refused ? ": " : " reaches no peer: " + tried.endpoint + ": ")
                        + tried.problem + (refused ? "" : "; trying again"));
    }

    private NodeStatus reached() {
        // The median of their claims, so that a dishonest peer does not delay us.
        long claimed = ready.stream()
                .mapToLong(c -> c.connection().version().orElseThrow().bestHeight)
                .sorted()
                .skip((ready.size() - 1) / 2)
                .findFirst()
                .orElse(0);
        Optional<PinnedBlock> unreached =
                PinnedBlock.of(settings.network()).filter(pinned -> tip.height() < pinned.height());
        if (synced && unreached.isPresent()) {
            return status(
                    NodeStatus.State.SYNCING,
                    "node " + settings.name() + ": " + unreached.get().notReached(tip.height()));
        }
        boolean behind = !synced || tip.height() + 1 < claimed && ready.stream().noneMatch(c -> c.synced);
        return status(
                behind ? NodeStatus.State.SYNCING : NodeStatus.State.READY,
                behind ? "node " + settings.name() + " reads the chain: block " + tip.height() + " of " + claimed : "");
    }

    private NodeStatus status(NodeStatus.State state, String detail) {
        Optional<Duration> latency = ready.stream()
                .map(c -> c.connection().latency())
                .flatMap(Optional::stream)
                .min(Duration::compareTo);
        boolean known = ready.stream().anyMatch(c -> c.synced) || synced;
        return new NodeStatus(
                state,
                detail,
                distinct(ready.stream(), Contact::software).limit(3).collect(Collectors.joining(" ")),
                known ? Optional.of(tip) : Optional.empty(),
                -1,
                latency,
                ready.size() + (ready.size() == 1 ? " peer" : " peers") + (settings.wallet() ? "" : ", no wallet"),
                distinct(
                                (ready.isEmpty() ? all : ready).stream().filter(c -> c.route != null),
                                c -> c.route == null ? "" : c.route.text())
                        .collect(Collectors.joining(", ")),
                OptionalInt.of(ready.size()));
    }

    private static Stream<String> distinct(Stream<Contact> of, Function<Contact, String> what) {
        return of.map(what).distinct();
    }

    /** The floor that half of the peers accept, and the data outputs that half of them relay. */
    RelayPolicy policy() {
        RelayPolicy safe = RelayPolicy.CONSERVATIVE;
        if (ready.isEmpty()) {
            return safe;
        }
        Carriage half = Carriage.ofHalf(ready.stream()
                .map(contact -> Carriage.of(contact.software(), contact.shownPayload))
                .toList());
        List<Long> floors = ready.stream()
                .map(c -> c.feeFilter)
                .filter(f -> f >= 0 && f <= HIGHEST_FLOOR)
                .sorted()
                .toList();
        long floor = floors.isEmpty()
                ? safe.minRelayFee().satPerKvb()
                : Math.max(LOWEST_FLOOR, floors.get((floors.size() - 1) / 2));
        return new RelayPolicy(
                half.payload(),
                half.outputs(),
                half.scriptBytes(),
                new FeeRate(floor),
                new FeeRate(Math.min(safe.incrementalFee().satPerKvb(), floor)),
                version().orElse(0) >= CLUSTERS ? RelayPolicy.CLUSTER : RelayPolicy.CHAIN);
    }
}
