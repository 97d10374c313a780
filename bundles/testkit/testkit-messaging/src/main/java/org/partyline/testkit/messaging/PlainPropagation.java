package org.partyline.testkit.messaging;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationRecord;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;

/**
 * Trusts the first node that reports a transaction, and hands one over again when the time of the setting has passed.
 */
public final class PlainPropagation implements PropagationTracker {
    private final StateGuard guard;
    private final Clock clock;
    private final OperatorSettings settings;
    private final NodeDirectory nodes;
    /**
     * The nodes to hand a transaction to, in this order, among those that are ready; null for all that relay it, or the
     * chosen one.
     */
    public volatile List<String> order;

    PlainPropagation(StateGuard guard, Clock clock, OperatorSettings settings, NodeDirectory nodes) {
        this.guard = guard;
        this.clock = clock;
        this.settings = settings;
        this.nodes = nodes;
    }

    @Override
    public PropagationRecord propagationRecord(OutgoingPart part) throws StoreException {
        return guard.transact(tx -> PropagationRecords.find(tx, part.transaction()));
    }

    @Override
    public PropagationRecords.DeliveryOptions way(OutgoingMessage outgoing) throws StoreException {
        return guard.transact(tx -> PropagationRecords.way(tx, outgoing.id()));
    }

    private void change(OutgoingMessage outgoing, OutgoingPart part, UnaryOperator<PropagationRecord> change)
            throws StoreException {
        guard.transact(tx -> PropagationRecords.change(tx, outgoing, part.transaction(), change));
    }

    @Override
    public void refused(OutgoingMessage outgoing, OutgoingPart part, String node) throws StoreException {
        change(outgoing, part, before -> before.refusedBy(node));
        nodes.refused(TxId.ofBytes(part.transaction()));
    }

    @Override
    public void taken(OutgoingPart part, Network network) {
        nodes.ours(network, TxId.ofBytes(part.transaction()), new org.partyline.api.FeeRate(0), part.packet().length);
    }

    @Override
    public boolean isShown(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        return !propagationRecord.reported().isEmpty();
    }

    @Override
    public Optional<TransactionPlace> ask(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        return nodes.ready(network).stream()
                .map(node -> place(node, TxId.ofBytes(part.transaction())))
                .max(Comparator.comparing(TransactionPlace::relayed).thenComparing(TransactionPlace::kind));
    }

    @Override
    public boolean isDue(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        Duration waited = Duration.between(Instant.ofEpochMilli(part.tried()), clock.instant());
        return waited.compareTo(settings.get().sending().rebroadcastAfter()) >= 0;
    }

    @Override
    public Optional<Found> find(
            Network network, OutgoingPart part, PropagationRecord propagationRecord, boolean others) {
        Optional<Found> best = Optional.empty();
        for (Transport node : nodes.ready(network)) {
            TransactionPlace place = place(node, TxId.ofBytes(part.transaction()));
            if (place.kind() != TransactionPlace.Kind.UNKNOWN) {
                boolean elsewhere =
                        !propagationRecord.entered().contains(node.name()) || node.isWholeNetwork() || place.relayed();
                best = Optional.of(new Found(node.name(), place, elsewhere));
            }
        }
        return best;
    }

    private static TransactionPlace place(Transport node, TxId id) {
        try {
            return node.locate(id);
        } catch (NodeUnavailableException e) {
            return TransactionPlace.UNKNOWN;
        }
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
        return nodes.ready(network).stream()
                .anyMatch(node -> where.test(place(node, id).kind()));
    }

    @Override
    public void found(OutgoingMessage outgoing, OutgoingPart part, Found found) throws StoreException {
        change(outgoing, part, before -> before.reportedBy(found.node()));
    }

    @Override
    public void overdue(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        propagationRecord.entered().forEach(node -> nodes.mayHaveKept(node, TxId.ofBytes(part.transaction())));
    }

    @Override
    public List<Transport> order(Network network, OutgoingMessage outgoing, OutgoingPart part)
            throws StoreException, MessageWaitsException {
        List<Transport> ready = nodes.ready(network);
        if (order != null) {
            return order.stream()
                    .flatMap(name -> ready.stream().filter(node -> node.name().equals(name)))
                    .toList();
        }
        String via = outgoing.via();
        if (via.isEmpty()) {
            return PacketSizes.carrying(ready, part.packet().length);
        }
        List<Transport> chosen =
                ready.stream().filter(node -> node.name().equals(via)).toList();
        if (chosen.isEmpty()) {
            throw new MessageWaitsException("it waits for its chosen node '" + via + "' to be ready");
        }
        return chosen;
    }
}
