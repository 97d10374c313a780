package org.partyline.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.WaitsException;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.PacketEvent;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.PropagationRecords;
import org.partyline.engine.mailbox.PropagationTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands versions of rolling transactions to nodes, and deals with what these say to it. */
final class BatchBroadcaster {
    private static final Logger LOG = LoggerFactory.getLogger(BatchBroadcaster.class);
    /** A node that took a version has dropped those before it, or is about to. */
    private static final int LAST_VERSIONS = 3;

    private final Core core;
    private final Outbox outbox;
    private final PropagationTracker propagationTracker;
    private final BatchVersions versions;
    private final BatchClosing closing;
    private final ChangeLock held;
    private final Predicate<Network> caughtUp;

    /** @param caughtUp whether the blocks of a network have been read up to its tip */
    BatchBroadcaster(
            Core core,
            Outbox outbox,
            PropagationTracker propagationTracker,
            BatchVersions versions,
            BatchClosing closing,
            ChangeLock held,
            Predicate<Network> caughtUp) {
        this.core = core;
        this.outbox = outbox;
        this.propagationTracker = propagationTracker;
        this.versions = versions;
        this.closing = closing;
        this.held = held;
        this.caughtUp = caughtUp;
    }

    /** Hands the current version to a node, to the next one when that does not answer. */
    void hand(ReplaceableBatch stored, List<Transport> nodes) throws PartylineException {
        ReplaceableBatch roll = versions.revised(stored, nodes);
        NodeUnavailableException last = null;
        // Before anybody has it: a payment at the wrong moment would build on it.
        held.hold(roll, true);
        int largest = roll.rides().stream()
                .mapToInt(ride -> ride.packet().length)
                .max()
                .orElse(0);
        for (Transport node : PacketSizes.carrying(nodes, largest)) {
            attempt(roll, node);
            try {
                node.broadcast(roll.raw());
                handed(roll);
                return;
            } catch (NodeUnavailableException e) {
                last = e;
            } catch (TransactionRejectedException e) {
                rejected(roll, node, e);
                return;
            } catch (RuntimeException e) {
                if (core.nodes.isUsed(node.name())) {
                    throw e;
                }
                // It was taken away in the middle: what it did is not known.
                last = new NodeUnavailableException("node '" + node.name() + "' went away in the middle", e);
            }
        }
        throw last == null ? new WaitsException("it waits for a node that is ready") : last;
    }

    private void attempt(ReplaceableBatch roll, Transport node) throws StoreException {
        long now = core.now().toEpochMilli();
        change(
                roll,
                (message, part) -> message.with(part, message.parts().get(part).attempt(node.name(), now)));
        core.open(memory -> core.store.transact(tx -> {
            for (BatchedPacket ride : roll.rides()) {
                Optional<OutgoingMessage> outgoing = Outbox.find(tx, ride.message());
                if (outgoing.isPresent()) {
                    PropagationRecords.change(
                            tx,
                            outgoing.get(),
                            roll.transaction(),
                            propagationRecord -> propagationRecord.entering(node.name()));
                }
            }
            return null;
        }));
    }

    private void handed(ReplaceableBatch roll) throws StoreException {
        core.open(memory -> core.store.transact(tx -> {
            Batches.put(tx, roll.handed(core.now().toEpochMilli()));
            return null;
        }));
        change(roll, (message, part) -> message.on(part, PacketEvent.TAKEN));
        // Once more, for wallets that know only what the network has.
        held.hold(roll, true);
        if (roll.replaced() != null) {
            held.hold(roll, roll.replaced(), false);
        }
    }

    /** Changes the messages whose packets ride. @param change of a message and one of its packets */
    private void change(ReplaceableBatch roll, BiFunction<OutgoingMessage, Integer, OutgoingMessage> change)
            throws StoreException {
        core.open(memory -> {
            for (BatchedPacket ride : roll.rides()) {
                outbox.change(
                        memory,
                        ride.message(),
                        now -> ride.part() < now.parts().size() ? change.apply(now, ride.part()) : now);
            }
            return null;
        });
    }

    /** A node looked at a version and refused it. */
    private void rejected(ReplaceableBatch roll, Transport node, TransactionRejectedException refusal)
            throws PartylineException {
        if (propagationTracker.isKnown(Batches.network(roll), TxId.ofBytes(roll.transaction()))) {
            handed(roll);
            return;
        }
        switch (refusal.reason()) {
            case INPUTS_GONE -> {
                // A version stands in a block, or something else spent the coin.
                byte[] mined = closing.minedVersion(roll);
                if (mined == null && !caughtUp.test(Batches.network(roll))) {
                    throw new WaitsException("it waits until the latest blocks are read");
                }
                closing.close(roll, mined);
                throw new WaitsException("its rolling transaction's coin was spent: it rides with another one");
            }
            case FEE_TOO_LOW -> {
                if (roll.fee() >= node.policy().minRelayFee().fee(roll.vsize()) && !isAnyKnown(roll)) {
                    versions.outbid(roll);
                }
                versions.bump(roll, node);
                throw new WaitsException("node '" + node.name() + "' wants a higher fee: it rides in the next version");
            }
            default ->
                throw new WaitsException(
                        "node '" + node.name() + "' refused its rolling transaction: " + refusal.getMessage());
        }
    }

    /** Whether a node has one of the last versions. */
    private boolean isAnyKnown(ReplaceableBatch roll) {
        List<ReplaceableBatch.Version> all = roll.versions();
        return all.subList(Math.max(0, all.size() - LAST_VERSIONS), all.size()).stream()
                .anyMatch(version ->
                        propagationTracker.isKnown(Batches.network(roll), TxId.ofBytes(version.transaction())));
    }

    /** A node that took it and does not show it may keep it to itself. */
    List<Transport> othersFirst(ReplaceableBatch roll, List<Transport> nodes) throws StoreException {
        List<String> entered = core.open(
                        memory -> core.store.transact(tx -> PropagationRecords.find(tx, roll.transaction())))
                .entered();
        List<Transport> ordered = new ArrayList<>(nodes);
        ordered.sort(Comparator.comparing(node -> entered.contains(node.name())));
        return ordered;
    }

    /** One node has it: those that do not get it from us, as the first may keep it to itself. */
    void spread(ReplaceableBatch roll, TxId id, List<Transport> nodes) throws StoreException {
        for (Transport node : nodes) {
            try {
                if (node.locate(id).kind() == TransactionPlace.Kind.UNKNOWN) {
                    attempt(roll, node);
                    node.broadcast(roll.raw());
                }
            } catch (NodeUnavailableException | TransactionRejectedException e) {
                LOG.debug("a node does not take a rolling transaction that another has: {}", e.getMessage());
            }
        }
    }
}
