package org.partyline.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationRecord;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks our transactions through the nodes. That a node received one from us does not prove that others have it,
 * unless the node reports that one of its peers does. Decides when a transaction is sent through another node, and
 * through which. A transaction that is missing from the mempool of the node that accepted it is not lost: the node may
 * keep it private until it comes back from the network.
 */
public final class NodePropagation implements PropagationTracker {
    private static final Logger LOG = LoggerFactory.getLogger(NodePropagation.class);

    private final StateGuard guard;
    private final Clock clock;
    private final OperatorSettings settings;
    private final NodeDirectory nodes;
    private final RelayQuestions questions;

    public NodePropagation(StateGuard guard, Clock clock, OperatorSettings settings, NodeDirectory nodes) {
        this.guard = guard;
        this.clock = clock;
        this.settings = settings;
        this.nodes = nodes;
        this.questions = new RelayQuestions(clock);
    }

    @Override
    public PropagationRecord propagationRecord(OutgoingPart part) throws StoreException {
        return guard.transact(tx -> PropagationRecords.find(tx, part.requireTransaction()));
    }

    @Override
    public PropagationRecords.DeliveryOptions way(OutgoingMessage outgoing) throws StoreException {
        return guard.transact(tx -> PropagationRecords.way(tx, outgoing.id()));
    }

    private void change(
            OutgoingMessage outgoing, OutgoingPart part, java.util.function.UnaryOperator<PropagationRecord> change)
            throws StoreException {
        guard.transact(tx -> PropagationRecords.change(tx, outgoing, part.requireTransaction(), change));
    }

    @Override
    public void refused(OutgoingMessage outgoing, OutgoingPart part, String node) throws StoreException {
        change(outgoing, part, propagationRecord -> propagationRecord.refusedBy(node));
        nodes.refused(TxId.ofBytes(part.requireTransaction()));
    }

    @Override
    public void taken(OutgoingPart part, Network network) {
        nodes.ours(network, TxId.ofBytes(part.requireTransaction()), rate(part), part.packet().length);
    }

    private static FeeRate rate(OutgoingPart part) {
        return new FeeRate(part.vsize() == 0 ? 0 : part.fee() * 1000 / part.vsize());
    }

    /**
     * Returns the names of the nodes that would have it if it propagated: they respond, are trusted, and relay such a
     * transaction.
     */
    private Set<String> able(Network network, OutgoingPart part) {
        return nodes.ready(network).stream()
                .filter(node -> relays(node.policy(), part))
                .map(Transport::name)
                .collect(Collectors.toSet());
    }

    private static boolean relays(RelayPolicy policy, OutgoingPart part) {
        return policy.minRelayFee().compareTo(rate(part)) <= 0 && policy.maxPayload() >= part.packet().length;
    }

    @Override
    public boolean isShown(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        List<String> entered = entered(part, propagationRecord);
        List<String> believed = propagationRecord.reported().stream()
                .filter(node -> nodes.isTrusted(node))
                .toList();
        return believed.stream().anyMatch(node -> !entered.contains(node) || isWholeNetwork(network, node));
    }

    private boolean isWholeNetwork(Network network, String node) {
        return nodes.ready(network).stream().anyMatch(ready -> ready.name().equals(node) && ready.isWholeNetwork());
    }

    @Override
    public Optional<TransactionPlace> ask(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        if (!questions.isDue(TxId.ofBytes(part.requireTransaction()))) {
            return Optional.empty();
        }
        List<String> entered = entered(part, propagationRecord);
        return nodes.ready(network).stream()
                .filter(node -> entered.contains(node.name()) && nodes.isTrusted(node.name()))
                .map(node -> place(node, part))
                .flatMap(Optional::stream)
                .max(Comparator.comparing(TransactionPlace::relayed).thenComparing(TransactionPlace::kind));
    }

    /** Asks a node about a transaction. Returns empty if the node does not respond. */
    private static Optional<TransactionPlace> place(Transport node, OutgoingPart part) {
        try {
            return Optional.of(node.locate(TxId.ofBytes(part.requireTransaction())));
        } catch (NodeUnavailableException e) {
            LOG.debug("a node does not report where a transaction is: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Returns the nodes that received it from us. If it was handed over before traces were stored, this is the one
     * known node.
     */
    private static List<String> entered(OutgoingPart part, PropagationRecord propagationRecord) {
        return propagationRecord.entered().isEmpty() && !part.node().isEmpty()
                ? List.of(part.node())
                : propagationRecord.entered();
    }

    @Override
    public boolean isDue(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        Duration waited = Duration.between(Instant.ofEpochMilli(part.tried()), clock.instant());
        Settings settings = this.settings.get();
        if (part.state() == State.RELAYED) {
            return waited.compareTo(settings.sending().rebroadcastAfter()) >= 0;
        }
        List<String> entered = entered(part, propagationRecord);
        if (entered.stream().noneMatch(nodes::isUsed) && !nodes.ready(network).isEmpty()) {
            // The node that accepted it is gone, and no other has reported it yet.
            return true;
        }
        boolean another = able(network, part).stream().anyMatch(node -> !entered.contains(node));
        return waited.compareTo(
                        another
                                ? settings.nodes().resendAfter()
                                : settings.sending().rebroadcastAfter())
                >= 0;
    }

    @Override
    public Optional<Found> find(
            Network network, OutgoingPart part, PropagationRecord propagationRecord, boolean others) {
        List<Transport> ready = nodes.ready(network);
        List<String> entered = entered(part, propagationRecord);
        List<Transport> asked = ready.stream()
                .filter(node -> !others || ready.size() == 1 || !entered.contains(node.name()))
                .toList();
        Found best = null;
        for (Transport node : asked) {
            TransactionPlace place = place(node, part).orElse(TransactionPlace.UNKNOWN);
            boolean witness = !entered.contains(node.name()) || node.isWholeNetwork();
            Found found = new Found(node.name(), place, nodes.isTrusted(node.name()) && (witness || place.relayed()));
            if (found.state() == State.CONFIRMED) {
                return Optional.of(found);
            }
            if (place.kind() != TransactionPlace.Kind.UNKNOWN && (best == null || found.elsewhere())) {
                best = found;
            }
        }
        return Optional.ofNullable(best);
    }

    @Override
    public boolean tellsBlocks(String node) {
        return nodes.tellsBlocks(node);
    }

    @Override
    public boolean isKnown(Network network, TxId id) {
        return isAny(network, id, kind -> kind != TransactionPlace.Kind.UNKNOWN);
    }

    @Override
    public boolean isMined(Network network, TxId id) {
        return isAny(network, id, kind -> kind == TransactionPlace.Kind.CONFIRMED);
    }

    private boolean isAny(Network network, TxId id, Predicate<TransactionPlace.Kind> where) {
        for (Transport node : nodes.ready(network)) {
            try {
                if (where.test(node.locate(id).kind())) {
                    return true;
                }
            } catch (NodeUnavailableException e) {
                LOG.debug("a node does not report where a transaction is: {}", e.getMessage());
            }
        }
        return false;
    }

    @Override
    public void found(OutgoingMessage outgoing, OutgoingPart part, Found found) throws StoreException {
        change(
                outgoing,
                part,
                propagationRecord -> found.state() == State.CONFIRMED
                        ? propagationRecord
                                .reportedBy(found.node())
                                .in(found.place().block().orElseThrow().encode())
                        : propagationRecord.reportedBy(found.node()));
    }

    @Override
    public void overdue(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        List<String> entered = entered(part, propagationRecord);
        long silent = able(network, part).stream()
                .filter(node -> !entered.contains(node))
                .count();
        if (silent > 1 && entered.size() == 1) {
            nodes.mayHaveKept(entered.get(0), TxId.ofBytes(part.requireTransaction()));
        }
    }

    @Override
    public List<Transport> order(Network network, OutgoingMessage outgoing, OutgoingPart part)
            throws StoreException, MessageWaitsException {
        List<Transport> ready = nodes.ready(network);
        PropagationRecord propagationRecord =
                part.transaction() == null ? PropagationRecord.NOTHING : propagationRecord(part);
        String via = outgoing.via();
        // Once it was handed to another node, any node will do: otherwise, it would wait for the chosen one again after
        // each attempt.
        boolean first = part.state() == State.SEALED
                && (!part.attempted()
                        || part.node().equals(via)
                                && clock.instant()
                                        .isBefore(Instant.ofEpochMilli(part.tried())
                                                .plus(settings.get().nodes().resendAfter())));
        if (!via.isEmpty() && first && nodes.isUsed(via)) {
            List<Transport> chosen =
                    ready.stream().filter(node -> node.name().equals(via)).toList();
            if (chosen.isEmpty()) {
                throw new MessageWaitsException("it waits for its chosen node '" + via + "' to be ready");
            }
            return chosen;
        }
        // Peers that do not relay this size would drop it silently.
        List<Transport> ordered = new ArrayList<>(PacketSizes.carrying(ready, part.packet().length));
        if (part.state() != State.SEALED) {
            ordered.sort(
                    Comparator.comparing(node -> propagationRecord.entered().contains(node.name())));
        }
        return ordered;
    }

    /**
     * Returns the trace of a sighting of our transaction. Part of the caller's transaction. @param part the one that
     * was sighted
     */
    static Optional<PropagationRecord> sighted(
            org.partyline.api.store.StoreTransaction tx,
            OutgoingMessage outgoing,
            OutgoingPart part,
            Candidate candidate)
            throws StoreException {
        if (!part.rodeIn(candidate.transaction())) {
            return Optional.empty();
        }
        return Optional.of(PropagationRecords.change(tx, outgoing, candidate.transaction(), propagationRecord -> {
            PropagationRecord reported = propagationRecord.reportedBy(candidate.node());
            return candidate.block() == null ? reported : reported.in(candidate.block());
        }));
    }
}
