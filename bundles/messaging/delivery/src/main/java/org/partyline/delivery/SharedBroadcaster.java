package org.partyline.delivery;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.Broadcasts.Refusal;
import org.partyline.api.carrier.Broadcasts.Taken;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.mailbox.PropagationTracker.Found;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands stored shared transactions to nodes. Before that, it is stored that a node may have one. */
public final class SharedBroadcaster {
    private static final Logger LOG = LoggerFactory.getLogger(SharedBroadcaster.class);

    private final StateGuard guard;
    private final Clock clock;
    private final NodeDirectory nodes;
    private final PropagationTracker propagationTracker;
    private final KeptTransactions kept;

    public SharedBroadcaster(
            StateGuard guard,
            Clock clock,
            NodeDirectory nodes,
            PropagationTracker propagationTracker,
            KeptTransactions kept) {
        this.guard = guard;
        this.clock = clock;
        this.nodes = nodes;
        this.propagationTracker = propagationTracker;
        this.kept = kept;
    }

    /**
     * Hands a transaction to a node, or to the next one if that does not answer or rejects it.
     *
     * @return empty if a node has it; otherwise the least serious rejection
     */
    Optional<Refusal> hand(CarrierScope scope, byte[] key, List<CarrierNode> nodes, Taken taken)
            throws PartylineException {
        PartylineException last = null;
        List<Refusal> refusals = new ArrayList<>();
        for (Transport node : CarrierViews.transports(this.nodes, nodes)) {
            Set<KeptTransaction.Cargo> first = new HashSet<>();
            KeptTransaction transaction = scope.<KeptTransaction, PartylineException>run(tx -> {
                KeptTransaction now = KeptTransactionRecords.find(tx.store(), scope.carrier(), key)
                        .orElseThrow(
                                () -> new MessageWaitsException("no transaction is stored for it: it is funded again"));
                first.addAll(attempt(tx, now, node.name()));
                return now;
            });
            // Before anyone has it: otherwise a payment at the wrong moment would depend on it.
            kept.hold(transaction, true);
            guard.confirmLeader();
            try {
                node.broadcast(transaction.raw());
                handed(scope, transaction, taken);
                return Optional.empty();
            } catch (NodeUnavailableException e) {
                last = e;
            } catch (TransactionRejectedException e) {
                if (propagationTracker.isKnown(
                        node.network(), transaction.signed().id())) {
                    handed(scope, transaction, taken);
                    return Optional.empty();
                }
                if (e.reason() == TransactionRejectedException.Reason.INPUTS_GONE
                        && isBuiltOnLost(scope, transaction, node.network())) {
                    // Nodes had it, and may have it again: its packets must not go in another transaction, too.
                    last = new InsufficientFundsException(
                            "its coin is the change of a transaction that nodes have lost:"
                                    + " it waits until they have that transaction again");
                } else {
                    scope.<StoreException>update(tx -> {
                        for (KeptTransaction.Cargo packet : first) {
                            tx.change(packet.ref(), OutgoingPart::refused);
                        }
                    });
                    refusals.add(new Refusal(new CarrierNode(node.name(), node.policy()), e.reason(), e.getMessage()));
                }
            } catch (RuntimeException e) {
                if (this.nodes.isUsed(node.name())) {
                    throw e;
                }
                // It was interrupted: the result is unknown.
                last = new NodeUnavailableException("node '" + node.name() + "' disconnected during sending", e);
            }
        }
        if (last instanceof InsufficientFundsException || refusals.isEmpty()) {
            throw last == null ? new MessageWaitsException("it waits for a ready node") : last;
        }
        return refusals.stream()
                .min(Comparator.comparingInt((Refusal refusal) -> Broadcaster.rank(refusal.why()))
                        .thenComparing(refusal -> refusal.node().policy().minRelayFee()));
    }

    /**
     * Whether nodes had a transaction or the one before it, and lost another one of ours whose change it spends, but may
     * have that again.
     */
    private boolean isBuiltOnLost(CarrierScope scope, KeptTransaction transaction, Network network)
            throws StoreException {
        if (!transaction.sent() && transaction.replaced() == null) {
            return false;
        }
        List<byte[]> parents = scope.<List<byte[]>, StoreException>run(
                tx -> KeptTransactionRecords.isDead(tx.store(), transaction.raw())
                        ? List.of()
                        : KeptTransactionRecords.parents(tx.store(), transaction.raw()));
        return parents.stream().anyMatch(id -> !propagationTracker.isKnown(network, TxId.ofBytes(id)));
    }

    /** @return packets that no node can have received before with this transaction */
    private Set<KeptTransaction.Cargo> attempt(StoreCarrierTransaction tx, KeptTransaction transaction, String node)
            throws StoreException {
        long now = clock.instant().toEpochMilli();
        Set<KeptTransaction.Cargo> first = new HashSet<>();
        for (KeptTransaction.Cargo packet : transaction.packets()) {
            tx.change(packet.ref(), part -> {
                if (!part.attempted()) {
                    first.add(packet);
                }
                return part.attempt(node, now);
            });
            Optional<OutgoingMessage> outgoing = OutgoingRecords.find(tx.store(), packet.message());
            if (outgoing.isPresent()) {
                PropagationRecords.change(
                        tx.store(),
                        outgoing.get(),
                        transaction.transaction(),
                        propagationRecord -> propagationRecord.entering(node));
            }
        }
        return first;
    }

    private void handed(CarrierScope scope, KeptTransaction transaction, Taken taken) throws StoreException {
        scope.<StoreException>update(tx -> {
            // The stored state: its packets may have been moved to another message.
            Optional<KeptTransaction> now = KeptTransactionRecords.find(tx.store(), scope.carrier(), transaction.key())
                    .filter(found -> Arrays.equals(found.transaction(), transaction.transaction()));
            if (now.isPresent()) {
                tx.put(transaction.key(), taken.taken(tx));
                KeptTransactionRecords.put(tx.store(), now.get().handed());
            }
            for (KeptTransaction.Cargo packet : now.orElse(transaction).packets()) {
                tx.change(packet.ref(), part -> part.on(PacketEvent.TAKEN));
            }
        });
        // Again, for wallets that only know what the network has.
        kept.hold(transaction, true);
        kept.letGoReplaced(transaction);
    }

    /**
     * Asks nodes for packets of a transaction that is about to be replaced by one without them: whoever read one would
     * be shown its message twice if that were sealed again. That nothing reported them is no answer, as nothing may
     * have been reading.
     *
     * @param unproven packets that a node accepted
     * @return those that no other node has
     */
    Set<KeptTransaction.Cargo> unseen(
            CarrierScope scope, Network network, Map<KeptTransaction.Cargo, OutgoingPart> unproven)
            throws StoreException {
        Set<KeptTransaction.Cargo> unseen = new HashSet<>();
        for (Map.Entry<KeptTransaction.Cargo, OutgoingPart> one : unproven.entrySet()) {
            OutgoingPart part = one.getValue();
            Optional<State> found = propagationTracker
                    .find(network, part, propagationTracker.propagationRecord(part), false)
                    .map(Found::state);
            if (found.filter(State.SENT::equals).isPresent()) {
                unseen.add(one.getKey());
            } else if (found.filter(State.RELAYED::equals).isPresent()) {
                scope.<StoreException>update(tx -> tx.change(one.getKey().ref(), now -> now.on(PacketEvent.SHOWN)));
            }
        }
        return unseen;
    }

    /** Hands it to the nodes that did not receive it from us, since the first node may be withholding it. */
    void spread(CarrierScope scope, byte[] key, List<CarrierNode> nodes) throws StoreException {
        Optional<KeptTransaction> found = kept.find(scope.carrier(), key);
        if (found.isEmpty()) {
            return;
        }
        for (Transport node : CarrierViews.transports(this.nodes, nodes)) {
            try {
                if (node.locate(found.get().signed().id()).kind() == TransactionPlace.Kind.UNKNOWN) {
                    scope.<StoreException>update(tx -> attempt(tx, found.get(), node.name()));
                    guard.confirmLeader();
                    node.broadcast(found.get().raw());
                }
            } catch (NodeUnavailableException | TransactionRejectedException e) {
                LOG.debug("a node does not accept a shared transaction that another has: {}", e.getMessage());
            }
        }
    }
}
