package org.partyline.receive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.partyline.api.Network;
import org.partyline.api.nodes.KnownNode;
import org.partyline.messaging.state.InitialSync;

/**
 * Determines whether everything that a network's nodes knew when the server started was read: the blocks up to the tip,
 * and the mempool. Before that, our files may be an old copy whose keys were used since.
 */
public final class InitialSyncGate {
    /** A mempool that takes longer than this to be reported is not waited for. */
    private static final Duration LONGEST = Duration.ofMinutes(10);
    /** For a node that does not report the size of its mempool. */
    private static final Duration UNKNOWN = Duration.ofMinutes(1);

    private final Supplier<List<KnownNode>> nodes;
    private final ScanPosition position;
    private final Clock clock;
    private final Predicate<Runnable> afterAllThatWaits;
    private final Runnable onSettled;
    /** How many transactions a node had reported when it began with its mempool. */
    private final Map<String, Long> begun = new ConcurrentHashMap<>();

    private final Map<Network, Instant> caughtUp = new ConcurrentHashMap<>();
    private final InitialSync sync;

    /**
     * @param nodes all of them; none while they are unavailable
     * @param afterAllThatWaits runs a task after the payloads that wait to be handled; false if it cannot; must not
     *     block
     * @param onSettled must not block
     */
    public InitialSyncGate(
            Supplier<List<KnownNode>> nodes,
            ScanPosition position,
            Clock clock,
            InitialSync sync,
            Predicate<Runnable> afterAllThatWaits,
            Runnable onSettled) {
        this.nodes = nodes;
        this.position = position;
        this.clock = clock;
        this.sync = sync;
        this.afterAllThatWaits = afterAllThatWaits;
        this.onSettled = onSettled;
    }

    /** Called when a node begins to report, or has reported another block: if that is the tip, the mempool follows. */
    public void begins(String node, Network network) {
        if (!caughtUp.containsKey(network)) {
            nodes.get().stream()
                    .filter(known -> known.name().equals(node))
                    .forEach(known -> begun.put(node, known.transactionsReceived()));
        }
    }

    /** Checks again if anyone waits. To be called now and then. */
    public void look() {
        for (Network network : sync.wanted()) {
            // Reported events may still wait to be handled.
            if (hasTold(network) && afterAllThatWaits.test(() -> settle(network))) {
                sync.wanted().remove(network);
            }
        }
    }

    private void settle(Network network) {
        sync.settle(network);
        onSettled.run();
    }

    private boolean hasTold(Network network) {
        if (!position.isCaughtUp(network)) {
            return false;
        }
        Instant now = clock.instant();
        Instant since = caughtUp.computeIfAbsent(network, first -> now);
        if (now.isAfter(since.plus(LONGEST))) {
            return true;
        }
        return nodes.get().stream()
                .filter(node -> node.network() == network && node.isReady())
                .anyMatch(node -> hasTold(node, since, now));
    }

    private boolean hasTold(KnownNode node, Instant since, Instant now) {
        Long before = begun.get(node.name());
        int size = node.status().mempoolSize();
        if (before == null) {
            return false;
        }
        // Fewer than before: the node has restarted its count.
        long told = node.transactionsReceived() < before
                ? node.transactionsReceived()
                : node.transactionsReceived() - before;
        return size < 0 ? now.isAfter(since.plus(UNKNOWN)) : told >= size;
    }
}
