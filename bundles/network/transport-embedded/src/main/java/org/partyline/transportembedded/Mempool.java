package org.partyline.transportembedded;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;

/**
 * The transactions that wait for a block, and their dependencies. In the order of acceptance, parents precede their
 * children, because a transaction is accepted after those that it spends. Guarded by its owner.
 */
final class Mempool {
    /** Bitcoin Core 31: the maximum number of transactions in a cluster. */
    static final int MAX_CLUSTER = 64;
    /** Bitcoin Core 31: the maximum size of a cluster in virtual bytes. */
    static final int MAX_CLUSTER_VBYTES = 101_000;

    /**
     * A waiting transaction.
     *
     * @param tx the transaction
     * @param fee satoshi
     * @param since when it was accepted
     * @param spent the coins it spends
     * @param place the position of its bytes
     */
    record Entry(Tx tx, long fee, Instant since, List<Utxo> spent, LogPosition place) {
        TxId id() {
            return tx.id();
        }

        int vsize() {
            return tx.vsize();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entry that && id().equals(that.id());
        }

        @Override
        public int hashCode() {
            return id().hashCode();
        }
    }

    /** The total fee and size of a set of transactions. */
    record Package(long fee, long vsize) {
        static Package of(Collection<Entry> entries) {
            return new Package(
                    entries.stream().mapToLong(Entry::fee).sum(),
                    entries.stream().mapToLong(Entry::vsize).sum());
        }

        /** Whether this pays more for its size than the other; cross-multiplied to avoid rounding. */
        boolean paysMoreThan(Package other) {
            return compare(this, other) > 0;
        }

        static int compare(Package a, Package b) {
            return Long.compare(a.fee * b.vsize, b.fee * a.vsize);
        }

        FeeRate rate() {
            return new FeeRate(Math.min(FeeRate.MAX_SAT_PER_KVB, fee * 1000 / vsize));
        }
    }

    private final Map<TxId, Entry> entries = new LinkedHashMap<>();
    private final Map<Outpoint, TxId> spenders = new HashMap<>();
    private long vbytes;

    int size() {
        return entries.size();
    }

    long vbytes() {
        return vbytes;
    }

    /** In the order of acceptance. */
    Collection<Entry> entries() {
        return entries.values();
    }

    Optional<Entry> find(TxId id) {
        return Optional.ofNullable(entries.get(id));
    }

    boolean spends(Outpoint outpoint) {
        return spenders.containsKey(outpoint);
    }

    Optional<Utxo> output(Outpoint outpoint) {
        return find(outpoint.tx()).flatMap(e -> e.tx().output(outpoint.index(), Utxo.UNCONFIRMED));
    }

    void add(Entry entry) {
        entries.put(entry.id(), entry);
        entry.tx().inputs().forEach(i -> spenders.put(i, entry.id()));
        vbytes += entry.vsize();
    }

    void remove(TxId id) {
        Entry entry = entries.remove(id);
        if (entry != null) {
            entry.tx().inputs().forEach(spenders::remove);
            vbytes -= entry.vsize();
        }
    }

    /** The waiting transactions that spend an input of this one. */
    Set<Entry> conflicts(Tx tx) {
        Set<Entry> conflicts = new LinkedHashSet<>();
        for (Outpoint input : tx.inputs()) {
            TxId spender = spenders.get(input);
            if (spender != null) {
                conflicts.add(entries.get(spender));
            }
        }
        return conflicts;
    }

    /** These and all their descendants, parents first. */
    Set<Entry> withDescendants(Collection<Entry> start) {
        return reach(start, this::children);
    }

    /** These and all their ancestors. */
    Set<Entry> withAncestors(Collection<Entry> start) {
        return reach(start, e -> parents(e.tx()));
    }

    /** The waiting transactions that this one spends from. */
    List<Entry> parents(Tx tx) {
        List<Entry> parents = new ArrayList<>();
        for (Outpoint input : tx.inputs()) {
            find(input.tx()).ifPresent(parents::add);
        }
        return parents;
    }

    /** All transactions connected with these in any direction, including these. */
    Set<Entry> cluster(Collection<Entry> start) {
        return reach(start, e -> {
            List<Entry> both = parents(e.tx());
            both.addAll(children(e));
            return both;
        });
    }

    private List<Entry> children(Entry entry) {
        List<Entry> children = new ArrayList<>();
        for (int i = 0; i < entry.tx().outputCount(); i++) {
            TxId spender = spenders.get(new Outpoint(entry.id(), i));
            if (spender != null) {
                children.add(entries.get(spender));
            }
        }
        return children;
    }

    private static Set<Entry> reach(
            Collection<Entry> start, java.util.function.Function<Entry, List<Entry>> neighbours) {
        Set<Entry> seen = new LinkedHashSet<>(start);
        Deque<Entry> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (Entry next : neighbours.apply(open.poll())) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return seen;
    }

    /** The transaction, with its descendants, that pays least for its size: it is evicted first. */
    Set<Entry> cheapest() {
        Set<Entry> cheapest = Set.of();
        Package lowest = null;
        for (Entry entry : entries.values()) {
            Package alone = new Package(entry.fee(), entry.vsize());
            Set<Entry> all = withDescendants(List.of(entry));
            Package together = Package.of(all);
            Package better = together.paysMoreThan(alone) ? together : alone;
            if (lowest == null || lowest.paysMoreThan(better)) {
                lowest = better;
                cheapest = all;
            }
        }
        return cheapest;
    }

    /**
     * The transactions that a miner would choose, best-paying first, each after its parents.
     *
     * @param maxWeight the maximum total weight
     */
    List<Entry> best(long maxWeight) {
        record Candidate(Set<Entry> ancestry, Package pays) {}
        List<Candidate> candidates = new ArrayList<>();
        for (Entry entry : entries.values()) {
            Set<Entry> ancestry = withAncestors(List.of(entry));
            candidates.add(new Candidate(ancestry, Package.of(ancestry)));
        }
        candidates.sort(Comparator.comparing(Candidate::pays, Package::compare).reversed());
        Set<Entry> taken = new LinkedHashSet<>();
        long weight = 0;
        for (Candidate candidate : candidates) {
            List<Entry> missing = new ArrayList<>(candidate.ancestry());
            missing.removeAll(taken);
            long more = missing.stream()
                    .mapToLong(e -> e.tx().transaction().getWeight())
                    .sum();
            if (weight + more <= maxWeight) {
                taken.addAll(missing);
                weight += more;
            }
        }
        List<Entry> ordered = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (taken.contains(entry)) {
                ordered.add(entry);
            }
        }
        return ordered;
    }
}
