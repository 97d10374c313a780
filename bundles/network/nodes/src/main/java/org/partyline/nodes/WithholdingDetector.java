package org.partyline.nodes;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Nodes;
import org.partyline.api.transport.RelayPolicy;

/**
 * Remembers for some minutes which nodes showed which transactions, to find nodes that withhold some. It compares only
 * networks with at least three nodes: two must show what a third does not. Uses bounded memory. Thread-safe.
 */
final class WithholdingDetector {
    /** The maximum number of remembered transactions of a network; the oldest are dropped first. */
    static final int MOST = 50_000;
    /** The longest time that a node has for showing what the others showed. */
    static final Duration MOST_PATIENCE = Duration.ofMinutes(5);
    /** Older data is meaningless. */
    static final Duration MEMORY = Duration.ofMinutes(15);
    /** This many must be missing, and more than half of all, before different rules and bad luck are ruled out. */
    static final int MOST_WITHHELD = 20;
    /** The same for transactions of ours, which it relays by its own rules. */
    static final int MOST_OURS = 3;

    private static final int WITNESSES = 2;
    private static final int FEWEST_NODES = 3;

    private final Clock clock;
    private final Supplier<Duration> travel;
    private final Map<String, Watched> watched = new HashMap<>();
    private final Map<Network, Map<TxId, Sighting>> sightings = new HashMap<>();
    /**
     * Transactions that nodes may be withholding: the others show them once they receive them, unless their rules
     * exclude them.
     */
    private final Map<TxId, Suspicion> suspicions = new LinkedHashMap<>();

    private final Map<Network, Integer> counts = new ConcurrentHashMap<>();

    private static final class Watched {
        final Network network;
        final long mask;
        final long since;
        final Deque<Long> kept = new ArrayDeque<>();

        Watched(Network network, long mask, long since) {
            this.network = network;
            this.mask = mask;
            this.since = since;
        }
    }

    private static final class Sighting {
        final long first;
        long inMempool;
        long anywhere;

        @Nullable
        Ours ours;

        Sighting(long first) {
            this.first = first;
        }
    }

    private record Suspicion(String node, long since) {}

    private record Ours(FeeRate rate, int payload) {
        boolean isRelayedBy(RelayPolicy policy) {
            return policy.minRelayFee().compareTo(rate) <= 0 && policy.maxPayload() >= payload;
        }
    }

    /** @param travel the maximum time for a transaction to propagate from one node to the others */
    WithholdingDetector(Clock clock, Supplier<Duration> travel) {
        this.clock = clock;
        this.travel = travel;
    }

    /** How long a node has for showing what the others showed. */
    Duration patience() {
        Duration wanted = travel.get();
        return wanted.compareTo(MOST_PATIENCE) < 0 ? wanted : MOST_PATIENCE;
    }

    /** Called when a node is watched from now on. */
    synchronized void begin(String node, Network network) {
        end(node);
        long used = watched.values().stream()
                .filter(other -> other.network == network)
                .mapToLong(other -> other.mask)
                .reduce(0, (one, other) -> one | other);
        long free = Long.lowestOneBit(~used);
        if (free == 0) {
            // More nodes than bits: only the others are compared.
            return;
        }
        // Transactions shown by another node with this index are not this node's.
        all(network).values().forEach(sighting -> {
            sighting.inMempool &= ~free;
            sighting.anywhere &= ~free;
        });
        watched.put(node, new Watched(network, free, clock.millis()));
        counts.merge(network, 1, Integer::sum);
    }

    /** Called when a node is no longer watched. */
    synchronized void end(String node) {
        Watched gone = watched.remove(node);
        if (gone != null) {
            counts.merge(gone.network, -1, Integer::sum);
        }
    }

    private Map<TxId, Sighting> all(Network network) {
        return sightings.computeIfAbsent(network, none -> new LinkedHashMap<>());
    }

    /** Whether a network has enough nodes for a comparison; otherwise {@link #saw} need not be called. */
    boolean compares(Network network) {
        return counts.getOrDefault(network, 0) >= FEWEST_NODES;
    }

    /** Records that a node showed a transaction. */
    synchronized void saw(String node, TxId id, boolean inBlock) {
        Watched by = watched.get(node);
        if (by == null) {
            return;
        }
        confirm(node, id, inBlock);
        Map<TxId, Sighting> all = all(by.network);
        Sighting sighting = all.get(id);
        if (sighting == null) {
            if (inBlock) {
                return;
            }
            sighting = remember(all, id);
        }
        sighting.anywhere |= by.mask;
        if (!inBlock) {
            sighting.inMempool |= by.mask;
        }
    }

    private Sighting remember(Map<TxId, Sighting> all, TxId id) {
        long now = clock.millis();
        Iterator<Sighting> oldestFirst = all.values().iterator();
        while (oldestFirst.hasNext()) {
            Sighting next = oldestFirst.next();
            if (all.size() < MOST && next.first >= now - MEMORY.toMillis()) {
                break;
            }
            oldestFirst.remove();
        }
        Sighting sighting = new Sighting(now);
        all.put(id, sighting);
        return sighting;
    }

    /** Records that a transaction is ours: only their own rules can be a reason for nodes to withhold it. */
    synchronized void ours(Network network, TxId id, FeeRate rate, int payload) {
        if (compares(network)) {
            Map<TxId, Sighting> all = all(network);
            Sighting sighting = all.get(id);
            (sighting == null ? remember(all, id) : sighting).ours = new Ours(rate, payload);
        }
    }

    /**
     * Records that a node accepted a transaction of ours, but at least two others did not show it in time, so that it
     * is handed to another now. Whether the others accept it shows whether the node is to blame.
     */
    synchronized void mayHaveKept(String node, TxId id) {
        long now = clock.millis();
        suspicions
                .values()
                .removeIf(suspicion -> suspicion.since() < now - patience().toMillis());
        suspicions.put(id, new Suspicion(node, now));
    }

    /** Records that another node rejected it: no node could have shown it. */
    synchronized void refused(TxId id) {
        suspicions.remove(id);
    }

    /**
     * Called when another node has it now, and shows it. In a block it proves nothing: a miner received it from
     * someone.
     */
    private void confirm(String shownBy, TxId id, boolean inBlock) {
        Suspicion suspicion = suspicions.get(id);
        if (suspicion == null || !inBlock && suspicion.node().equals(shownBy)) {
            return;
        }
        suspicions.remove(id);
        Watched by = watched.get(suspicion.node());
        long now = clock.millis();
        if (!inBlock && by != null && suspicion.since() >= now - patience().toMillis()) {
            by.kept.addLast(now);
            if (by.kept.size() > MOST_OURS) {
                by.kept.removeFirst();
            }
        }
    }

    /**
     * Returns which of the others' transactions a node has reported.
     *
     * @param policy its own rules
     * @param trusted the nodes whose reports count
     */
    synchronized Nodes.Shown shown(String node, RelayPolicy policy, Predicate<String> trusted) {
        return count(node, policy, trusted).shown;
    }

    private record Count(Nodes.Shown shown, long comparedOurs) {}

    private Count count(String node, RelayPolicy policy, Predicate<String> trusted) {
        Watched by = watched.get(node);
        if (by == null || !compares(by.network)) {
            return new Count(Nodes.Shown.NOTHING, 0);
        }
        long others = 0;
        for (Map.Entry<String, Watched> other : watched.entrySet()) {
            if (other.getValue().network == by.network
                    && !other.getKey().equals(node)
                    && trusted.test(other.getKey())) {
                others |= other.getValue().mask;
            }
        }
        long now = clock.millis();
        long compared = 0;
        long withheld = 0;
        long comparedOurs = 0;
        long withheldOurs = 0;
        for (Sighting sighting : all(by.network).values()) {
            boolean counts = sighting.first > by.since
                    && sighting.first <= now - patience().toMillis()
                    && sighting.first > now - MEMORY.toMillis()
                    && Long.bitCount(sighting.inMempool & others) >= WITNESSES
                    && (sighting.ours == null || sighting.ours.isRelayedBy(policy));
            if (!counts) {
                continue;
            }
            boolean missing = (sighting.anywhere & by.mask) == 0;
            compared++;
            withheld += missing ? 1 : 0;
            if (sighting.ours != null) {
                comparedOurs++;
                withheldOurs += missing ? 1 : 0;
            }
        }
        return new Count(new Nodes.Shown(compared, withheld, withheldOurs), comparedOurs);
    }

    /** The complaints about a node; empty if there are none. */
    synchronized List<String> complaints(String node, RelayPolicy policy, Predicate<String> trusted) {
        Count count = count(node, policy, trusted);
        Nodes.Shown shown = count.shown;
        List<String> complaints = new ArrayList<>();
        if (shown.withheld() >= MOST_WITHHELD && shown.withheld() * 2 > shown.compared()) {
            complaints.add("it did not show " + shown.withheld() + " of " + shown.compared()
                    + " transactions that two other nodes did");
        }
        if (shown.withheldOurs() >= MOST_OURS && shown.withheldOurs() * 2 > count.comparedOurs) {
            complaints.add("it did not show " + shown.withheldOurs() + " of " + count.comparedOurs
                    + " of our own transactions that two other nodes did");
        }
        Watched by = watched.get(node);
        if (by != null && by.kept.size() >= MOST_OURS && by.kept.peekFirst() > clock.millis() - MEMORY.toMillis()) {
            complaints.add("it accepted " + by.kept.size()
                    + " of our transactions, but no other node showed them until they were sent by another");
        }
        return complaints;
    }
}
