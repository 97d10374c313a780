package org.partyline.delivery;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;

/** Hands signed transactions to nodes, and handles rejections. */
public final class Broadcaster {
    private final StateGuard guard;
    private final NodeDirectory nodes;
    private final Outbox outbox;
    private final PropagationTracker propagationTracker;
    private final RefusedTransactions refusals;
    private final Predicate<Network> caughtUp;

    /** @param caughtUp whether the blocks of a network have been read up to its tip */
    Broadcaster(
            StateGuard guard,
            NodeDirectory nodes,
            Outbox outbox,
            PropagationTracker propagationTracker,
            RefusedTransactions refusals,
            Predicate<Network> caughtUp) {
        this.guard = guard;
        this.nodes = nodes;
        this.outbox = outbox;
        this.propagationTracker = propagationTracker;
        this.refusals = refusals;
        this.caughtUp = caughtUp;
    }

    /**
     * Hands the signed transaction of a packet to a node, or to the next one if that does not answer or rejects it.
     *
     * @param begun the record that was stored just now, when the packet was paid for; empty: it must be read
     * @throws NodeUnavailableException if no node answered
     * @throws MessageWaitsException if a node rejected it; says what it waits for now
     */
    void hand(String carrier, PacketRef packet, List<Transport> nodes, Optional<OutgoingMessage> begun)
            throws PartylineException {
        Optional<OutgoingMessage> found = begun.isPresent()
                ? begun
                : guard.open(() -> guard.transact(tx -> OutgoingRecords.find(tx, packet.message())));
        if (found.isEmpty()
                || found.get().state().isSettled()
                || packet.index() >= found.get().parts().size()
                || found.get().parts().get(packet.index()).raw() == null) {
            return;
        }
        if (!found.get().carrier().equals(carrier)) {
            throw new IllegalStateException("the packet belongs to another carrier and was not sent");
        }
        hand(found.get(), packet.index(), nodes);
    }

    /** Returns the stored message afterwards; null if it no longer exists. */
    private @Nullable OutgoingMessage hand(OutgoingMessage outgoing, int index, List<Transport> nodes)
            throws PartylineException {
        NodeUnavailableException last = null;
        Refusal refusal = null;
        OutgoingMessage current = outgoing;
        for (Transport node : nodes) {
            current = outbox.attempt(outgoing.id(), index, node.name());
            if (current == null || current.state().isSettled()) {
                return current;
            }
            OutgoingPart part = current.parts().get(index);
            guard.confirmLeader();
            try {
                node.broadcast(part.requireRaw());
                propagationTracker.taken(part, node.network());
                return outbox.change(outgoing.id(), now -> now.on(index, PacketEvent.TAKEN));
            } catch (NodeUnavailableException e) {
                last = e;
            } catch (TransactionRejectedException e) {
                propagationTracker.refused(outgoing, part, node.name());
                refusal = refusal == null || refusal.isWorseThan(e.reason()) ? new Refusal(node, e) : refusal;
            } catch (RuntimeException e) {
                if (this.nodes.isUsed(node.name())) {
                    throw e;
                }
                // It was interrupted: the result is unknown.
                last = new NodeUnavailableException("node '" + node.name() + "' disconnected during sending", e);
            }
        }
        if (current.parts().get(index).state() != State.SEALED) {
            // No node accepted it again: it is due at the next opportunity, rather than after the time that a node has
            // to show it.
            current = outbox.change(
                    outgoing.id(),
                    now -> now.with(
                            index,
                            now.parts()
                                    .get(index)
                                    .attempt(now.parts().get(index).node(), 0)));
        }
        if (refusal == null && last == null) {
            throw new MessageWaitsException("it waits for a ready node");
        }
        if (refusal == null) {
            throw last;
        }
        return current == null ? null : rejected(current, index, refusal.node(), refusal.why());
    }

    private static final String FORGOTTEN =
            "a transaction that these files do not have spent its coin: it may have been recalled, and may have been read";

    /** Reasons that waiting or paying again can fix come first, since another node's rules may be stricter. */
    private static final List<TransactionRejectedException.Reason> ORDER = List.of(
            TransactionRejectedException.Reason.CHAIN_TOO_LONG,
            TransactionRejectedException.Reason.FEE_TOO_LOW,
            TransactionRejectedException.Reason.INPUTS_GONE,
            TransactionRejectedException.Reason.NOT_STANDARD,
            TransactionRejectedException.Reason.OTHER);

    /** How serious a rejection is; the least serious of several counts. */
    static int rank(TransactionRejectedException.Reason reason) {
        return ORDER.indexOf(reason);
    }

    /** A node's rejection of a transaction. */
    private record Refusal(Transport node, TransactionRejectedException why) {
        boolean isWorseThan(TransactionRejectedException.Reason other) {
            return rank(why.reason()) > rank(other);
        }
    }

    private @Nullable OutgoingMessage rejected(
            OutgoingMessage outgoing, int index, Transport node, TransactionRejectedException refusal)
            throws PartylineException {
        OutgoingPart part = outgoing.parts().get(index);
        // Another node may have accepted it before, or it is in a block already.
        if (propagationTracker.isKnown(node.network(), TxId.ofBytes(part.requireTransaction()))) {
            return outbox.change(outgoing.id(), now -> now.on(index, PacketEvent.TAKEN));
        }
        List<String> entered = propagationTracker.propagationRecord(part).entered();
        if (!entered.isEmpty()) {
            // If it were paid for again, the packet might be sent in two transactions.
            throw new MessageWaitsException("node '" + node.name() + "' rejected it (" + refusal.getMessage()
                    + "), but node '" + entered.get(0) + "' may have it: it waits for that node or for a block");
        }
        boolean spent = refusal.reason() == TransactionRejectedException.Reason.INPUTS_GONE;
        if (part.state().ordinal() >= State.RELAYED.ordinal() && !(spent && isOrphan(part))) {
            if (spent && caughtUp.test(node.network()) && refusals.isForgotten(outgoing, part)) {
                return refusals.fail(outgoing, index, FORGOTTEN);
            }
            throw new MessageWaitsException(
                    "nodes had it and lost it again, and one now rejects it: " + refusal.getMessage());
        }
        switch (refusal.reason()) {
            case CHAIN_TOO_LONG ->
                throw new MessageWaitsException(
                        "it waits for the next block: too many of this wallet's transactions are unconfirmed");
            case INPUTS_GONE -> {
                if (!caughtUp.test(node.network())) {
                    // It may be in a block that was not read yet.
                    throw new MessageWaitsException("it waits until the latest blocks are read");
                }
                if (part.state() == State.SENT && refusals.isForgotten(outgoing, part)) {
                    // Paying again would undo a recall, or send what readers accept no longer.
                    return refusals.fail(outgoing, index, FORGOTTEN);
                }
                refusals.renew(outgoing, index, "its coin was spent by another transaction: it is funded again");
            }
            case FEE_TOO_LOW ->
                refusals.renew(outgoing, index, "node '" + node.name() + "' requires a higher fee: it is funded again");
            case NOT_STANDARD, OTHER -> {
                String reason = "node '" + node.name() + "' rejected it: " + refusal.getMessage();
                return refusals.fail(outgoing, index, reason);
            }
        }
        throw new MessageWaitsException("it is funded again: " + refusal.getMessage());
    }

    /**
     * Whether a transaction that a node rejects, as its coin is gone, can never be mined: it spends the change of a
     * transaction that our packets have left, which nobody hands over again, or of one in a block, whose change another
     * transaction has spent, or one of ours in a block spends the same coin.
     */
    private boolean isOrphan(OutgoingPart part) throws StoreException {
        return guard.open(() -> guard.transact(tx -> {
            List<OutgoingPart> ours = OutgoingRecords.all(tx).stream()
                    .flatMap(outgoing -> outgoing.parts().stream())
                    .toList();
            boolean left =
                    ours.stream().flatMap(other -> other.earlier().stream()).anyMatch(part::spends);
            boolean mined = ours.stream()
                    .filter(other -> other.state() == State.CONFIRMED)
                    .flatMap(other -> Stream.ofNullable(other.transaction()))
                    .anyMatch(part::spends);
            return left
                    || KeptTransactionRecords.isDead(tx, part.requireRaw())
                    || mined
                            && KeptTransactionRecords.parents(tx, part.requireRaw())
                                    .isEmpty();
        }));
    }
}
