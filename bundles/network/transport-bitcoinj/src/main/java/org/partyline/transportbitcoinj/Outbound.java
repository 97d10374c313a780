package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionRejectedException;

/**
 * Sends transactions to peers, and tracks requests to single peers. Peers do not report whether they accepted a
 * transaction. It counts as handed over when one requested it and did not reject it at once; as seen when a peer
 * returns it on request, or announces it (unless the peer may only repeat our announcement); and as relayed when a peer
 * does so that did not receive it from us, or two peers do. Not thread-safe.
 */
final class Outbound {
    /** How long a peer that requested a transaction has for rejecting it. */
    private static final Duration SETTLES = Duration.ofSeconds(3);
    /** The times in seconds after which peers that received it are asked for it, to see whether they kept it. */
    private static final int[] CHECKS = {0, 1, 2, 4, 8, 15, 30, 60};

    private static final Duration SERVED_FOR = Duration.ofHours(24);
    private static final Duration PROBE = Duration.ofSeconds(6);
    private static final int MOST_KEPT = 2000;

    /** A transaction of ours. */
    private static final class Sent {
        private final TxId id;
        private final byte[] raw;
        private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
        private Instant deadline = Instant.MIN;
        private Instant expires = Instant.MIN;
        private long offered;
        private long served;
        /** The peers that received it from us, in this connection or in an earlier one. */
        private final Set<Endpoint> given = new HashSet<>();

        private long refused;
        private String refusal = "";
        private @Nullable Instant firstServed;
        private int checks;
        /** The peers that showed it. */
        private long holders;

        private boolean seen;
        private boolean relayed;

        Sent(TxId id, byte[] raw) {
            this.id = id;
            this.raw = raw;
        }
    }

    /** A request to find out whether a transaction is in the mempools. */
    private static final class Probe {
        private final CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
        private final Instant until;
        private long pending;
        private boolean denied;

        Probe(Instant until) {
            this.until = until;
        }
    }

    private final String node;
    private final Duration patience;
    private final BiConsumer<TxId, byte[]> onSeen;
    private final Map<TxId, Sent> sent = new LinkedHashMap<>();
    private final Map<TxId, List<Probe>> probes = new LinkedHashMap<>();

    /**
     * @param node its name, for messages
     * @param patience how long a peer has for requesting an offered transaction
     * @param onSeen called at the first sign that a transaction of ours is in a mempool
     */
    Outbound(String node, Duration patience, BiConsumer<TxId, byte[]> onSeen) {
        this.node = node;
        this.patience = patience;
        this.onSeen = onSeen;
    }

    /** Offers a transaction to peers. @param done completes when one accepted it, or fails */
    void send(TxId id, byte[] raw, Collection<PeerLink> peers, Instant now, CompletableFuture<Void> done) {
        Sent one = sent.computeIfAbsent(id, i -> new Sent(i, raw));
        one.waiting.add(done);
        one.deadline = now.plus(patience);
        one.expires = now.plus(SERVED_FOR);
        one.refused = 0;
        one.firstServed = null;
        one.checks = 0;
        for (PeerLink peer : peers) {
            one.offered |= 1L << peer.slot();
            peer.announce(List.of(id));
            // A peer that already has it does not request it.
            peer.askForTransactions(List.of(id));
        }
        while (sent.size() > MOST_KEPT) {
            sent.remove(sent.keySet().iterator().next());
        }
    }

    /** A peer has connected: it is offered the waiting transactions. */
    void connected(PeerLink peer) {
        for (Sent one : sent.values()) {
            if (!one.relayed) {
                one.offered |= 1L << peer.slot();
                peer.announce(List.of(one.id));
            }
        }
    }

    /** A peer has disconnected. */
    void disconnected(int slot) {
        long keep = ~(1L << slot);
        for (Sent one : sent.values()) {
            one.offered &= keep;
            one.served &= keep;
            one.refused &= keep;
            one.holders &= keep;
        }
        for (List<Probe> list : probes.values()) {
            list.forEach(probe -> probe.pending &= keep);
        }
    }

    /** A peer requests transactions: it is sent those that are ours. */
    void asked(PeerLink peer, List<TxId> ids, Instant now) {
        for (TxId id : ids) {
            Sent one = sent.get(id);
            long bit = 1L << peer.slot();
            if (one == null || (one.offered & bit) == 0 || (one.served & bit) != 0) {
                continue;
            }
            peer.giveTransaction(one.raw);
            one.served |= bit;
            one.given.add(peer.endpoint());
            if (one.firstServed == null) {
                one.firstServed = now;
            }
        }
    }

    /** A peer announced it. @return whether it is ours */
    boolean announced(PeerLink peer, TxId id) {
        Sent one = sent.get(id);
        if (one == null) {
            return false;
        }
        if (mayRepeat(one, peer)) {
            peer.askForTransactions(List.of(id));
        } else {
            seen(one, peer);
        }
        return true;
    }

    /** Whether a peer may know the ID from our announcement alone. */
    private static boolean mayRepeat(Sent one, PeerLink peer) {
        return (one.offered & 1L << peer.slot()) != 0 && !one.given.contains(peer.endpoint());
    }

    /** Records that it is in a block. */
    void confirmed(TxId id) {
        Sent one = sent.remove(id);
        if (one != null) {
            one.waiting.forEach(done -> done.complete(null));
        }
    }

    /** Records that a peer rejected it. */
    void refused(PeerLink peer, TxId id, String reason) {
        Sent one = sent.get(id);
        if (one == null) {
            return;
        }
        if (PeerRefusals.known(reason)) {
            if (!mayRepeat(one, peer)) {
                seen(one, peer);
            }
            return;
        }
        one.refused |= 1L << peer.slot();
        one.refusal = reason;
        if ((one.offered & ~one.refused) == 0) {
            fail(
                    one,
                    new TransactionRejectedException(
                            PeerRefusals.reason(reason), "node " + node + " rejected the transaction: " + reason));
        }
    }

    /** Asks peers for a transaction. */
    CompletableFuture<Optional<byte[]>> probe(TxId id, Collection<PeerLink> peers, Instant now) {
        Probe probe = new Probe(now.plus(PROBE));
        for (PeerLink peer : peers) {
            probe.pending |= 1L << peer.slot();
            peer.askForTransactions(List.of(id));
        }
        probes.computeIfAbsent(id, i -> new ArrayList<>()).add(probe);
        return probe.answer;
    }

    /** A peer sent a transaction. @return whether it was requested here */
    boolean received(PeerLink peer, TxId id, byte[] raw) {
        Sent one = sent.get(id);
        if (one != null) {
            seen(one, peer);
        }
        List<Probe> waiting = probes.remove(id);
        if (waiting != null) {
            waiting.forEach(probe -> probe.answer.complete(Optional.of(raw)));
        }
        return one != null || waiting != null;
    }

    /** A peer does not have it. */
    void notFound(int slot, TxId id) {
        List<Probe> waiting = probes.get(id);
        if (waiting == null) {
            return;
        }
        for (Probe probe : waiting) {
            probe.denied |= (probe.pending & 1L << slot) != 0;
            probe.pending &= ~(1L << slot);
        }
        settleProbes(id, waiting, Instant.MIN);
    }

    /** Whether another peer than the only one that received a transaction from us is known to have it. */
    boolean isRelayed(TxId id) {
        Sent one = sent.get(id);
        return one != null && one.relayed;
    }

    private void seen(Sent one, PeerLink peer) {
        one.holders |= 1L << peer.slot();
        one.relayed |= !one.given.contains(peer.endpoint()) || Long.bitCount(one.holders) > 1;
        one.waiting.forEach(done -> done.complete(null));
        one.waiting.clear();
        if (!one.seen) {
            one.seen = true;
            onSeen.accept(one.id, one.raw);
        }
    }

    private void fail(Sent one, Exception problem) {
        one.waiting.forEach(done -> done.completeExceptionally(problem));
        one.waiting.clear();
        if (!one.seen) {
            sent.remove(one.id);
        }
    }

    /** Handles time-outs and repeated checks. */
    void tick(Map<Integer, PeerLink> peers, Instant now) {
        for (Sent one : List.copyOf(sent.values())) {
            if (now.isAfter(one.expires)) {
                sent.remove(one.id);
            } else if (one.firstServed != null) {
                check(one, one.firstServed, peers, now);
            } else if (!one.waiting.isEmpty() && !now.isBefore(one.deadline)) {
                fail(
                        one,
                        new NodeUnavailableException("node " + node
                                + ": no peer asked for the transaction within " + patience.toSeconds()
                                + " s; it is sent again"));
            }
        }
        for (Map.Entry<TxId, List<Probe>> each : List.copyOf(probes.entrySet())) {
            settleProbes(each.getKey(), each.getValue(), now);
        }
    }

    private void check(Sent one, Instant firstServed, Map<Integer, PeerLink> peers, Instant now) {
        Duration since = Duration.between(firstServed, now);
        boolean refusedByAll = (one.served & ~one.refused) == 0;
        if (!one.waiting.isEmpty() && !refusedByAll && since.compareTo(SETTLES) >= 0) {
            one.waiting.forEach(done -> done.complete(null));
            one.waiting.clear();
        }
        if (!one.waiting.isEmpty() && refusedByAll && since.compareTo(patience) >= 0) {
            fail(
                    one,
                    new TransactionRejectedException(
                            PeerRefusals.reason(one.refusal),
                            "node " + node + " rejected the transaction: " + one.refusal));
            return;
        }
        if (!one.relayed && one.checks < CHECKS.length && since.toSeconds() >= CHECKS[one.checks]) {
            one.checks++;
            peers.values().stream()
                    .filter(peer -> (one.served & ~one.holders & 1L << peer.slot()) != 0)
                    .forEach(peer -> peer.askForTransactions(List.of(one.id)));
        }
    }

    private void settleProbes(TxId id, List<Probe> waiting, Instant now) {
        for (Probe probe : List.copyOf(waiting)) {
            boolean late = !now.isBefore(probe.until);
            if (probe.pending != 0 && !late) {
                continue;
            }
            waiting.remove(probe);
            if (probe.denied) {
                probe.answer.complete(Optional.empty());
            } else {
                probe.answer.completeExceptionally(new NodeUnavailableException(
                        "node " + node + ": no peer reports whether it has the transaction; try again"));
            }
        }
        if (waiting.isEmpty()) {
            probes.remove(id);
        }
    }

    /** A transaction of ours that is not in a block yet. */
    Optional<byte[]> get(TxId id) {
        return Optional.ofNullable(sent.get(id)).map(one -> one.raw);
    }
}
