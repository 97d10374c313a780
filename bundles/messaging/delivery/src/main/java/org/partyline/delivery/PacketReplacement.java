package org.partyline.delivery;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.fees.Spending.Payment;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replaces the unconfirmed transaction of a packet by an empty one. */
public final class PacketReplacement {
    private static final Logger LOG = LoggerFactory.getLogger(PacketReplacement.class);

    private final StateGuard guard;
    private final Clock clock;
    private final NodeDirectory nodes;
    private final Outbox outbox;
    private final PropagationTracker propagationTracker;
    private final Pricing fees;
    private final Spending spending;
    private final UtxoReservations reservations;

    public PacketReplacement(
            StateGuard guard,
            Clock clock,
            NodeDirectory nodes,
            Outbox outbox,
            PropagationTracker propagationTracker,
            Pricing fees,
            Spending spending,
            UtxoReservations reservations) {
        this.guard = guard;
        this.clock = clock;
        this.nodes = nodes;
        this.outbox = outbox;
        this.propagationTracker = propagationTracker;
        this.fees = fees;
        this.spending = spending;
        this.reservations = reservations;
    }

    private static boolean isOnItsWay(OutgoingPart part) {
        return part.raw() != null
                && part.state() != State.CONFIRMED
                && part.attempted() != TransactionScanner.carriesNothing(part.requireRaw());
    }

    /** A message to be recalled. */
    private record Recalled(OutgoingMessage outgoing, Network network, int persona) {}

    /** Whether nodes may have a packet, or have not accepted its replacement yet. */
    boolean isOnItsWay(PacketRef packet) throws StoreException {
        return guard.open(() -> guard.transact(tx -> OutgoingRecords.find(tx, packet.message())))
                .filter(now -> now.parts().size() > packet.index())
                .filter(now -> isOnItsWay(now.parts().get(packet.index())))
                .isPresent();
    }

    /** Recalls a packet, or continues a recall. @param carrier the packet's carrier */
    void withdraw(String carrier, PacketRef packet, List<Transport> nodes, RecallTally tally)
            throws PartylineException {
        Optional<OutgoingMessage> found =
                guard.open(() -> guard.transact(tx -> OutgoingRecords.find(tx, packet.message())));
        if (found.isEmpty() || found.get().state() != State.RECALLED) {
            // It was forgotten, or all of it is in blocks meanwhile.
            return;
        }
        if (!found.get().carrier().equals(carrier)) {
            throw new IllegalStateException("the packet belongs to another carrier and is not recalled");
        }
        Conversation conversation = guard.conversation(found.get().membership());
        replace(
                new Recalled(found.get(), conversation.network(), conversation.persona()),
                packet.index(),
                nodes,
                tally);
    }

    private void replace(Recalled found, int index, List<Transport> nodes, RecallTally tally)
            throws PartylineException {
        OutgoingPart part = found.outgoing().parts().get(index);
        if (!isOnItsWay(part)) {
            return;
        }
        boolean emptied = TransactionScanner.carriesNothing(part.requireRaw());
        List<byte[]> carriers = new ArrayList<>(part.earlierCarriers());
        if (!emptied) {
            carriers.add(part.requireTransaction());
        }
        if (isSettled(found, index, carriers) || isRecalled(found, index)) {
            return;
        }
        if (!emptied && isWithdrawn(found, part, nodes)) {
            reservations.free(found.outgoing(), part);
            settle(found, index, now -> now.on(PacketEvent.TRANSACTION_GONE));
            return;
        }
        List<OutgoingPart> behind = behind(found.outgoing(), part);
        long theirs = behind.stream()
                .filter(OutgoingPart::attempted)
                .mapToLong(OutgoingPart::fee)
                .sum();
        SignedTransaction nothing;
        try {
            nothing = emptied
                    ? new SignedTransaction(
                            TxId.ofBytes(part.requireTransaction()), part.requireRaw(), part.vsize(), part.fee())
                    : nothing(found, index, theirs, nodes);
        } catch (WalletException e) {
            // A block may have been faster than the wallet, which only reports that the coin is gone.
            if (isSettled(found, index, carriers) || isRecalled(found, index)) {
                return;
            }
            throw e;
        }
        tally.stored();
        Optional<String> node;
        try {
            node = emptied && propagationTracker.isMined(found.network(), nothing.id())
                    ? Optional.of(part.node())
                    : broadcast(found, nothing, carriers, nodes);
        } catch (NoSuchThingException e) {
            if (isTooCheap(part, nodes)) {
                // The next attempt hands it over.
                nothing(found, index, 0, nodes);
            }
            throw e;
        }
        if (node.isPresent()) {
            for (OutgoingPart gone : behind) {
                reservations.free(found.outgoing(), gone);
            }
            settle(found, index, now -> now.attempt(node.get(), clock.instant().toEpochMilli()));
            tally.replaced(emptied ? 0 : nothing.fee() - part.fee() - theirs);
        } else if (!isRecalled(found, index)) {
            // A node reports that its coins are gone, but not which of the transactions that carried it spent them.
            settle(found, index, now -> now.minedIn(carriers.get(carriers.size() - 1)));
        }
    }

    /**
     * The packets of the same message whose transactions go with that of one: they spend its change, or that of each
     * other.
     */
    private static List<OutgoingPart> behind(OutgoingMessage outgoing, OutgoingPart first) {
        List<byte[]> gone = new ArrayList<>();
        OutgoingPart.Signed carrier = first.carrier();
        gone.add(carrier == null ? first.requireTransaction() : carrier.transaction());
        List<OutgoingPart> left = new ArrayList<>(outgoing.parts());
        left.remove(first);
        List<OutgoingPart> behind = new ArrayList<>();
        boolean more = true;
        while (more) {
            List<OutgoingPart> next = left.stream()
                    .filter(part -> gone.stream().anyMatch(part::spends))
                    .toList();
            left.removeAll(next);
            behind.addAll(next);
            next.forEach(part -> gone.add(part.requireTransaction()));
            more = !next.isEmpty();
        }
        return behind;
    }

    /** Whether each node that received a packet's transaction had sent it to nobody, and has withdrawn it now. */
    private boolean isWithdrawn(Recalled found, OutgoingPart part, List<Transport> ready) throws StoreException {
        TxId id = TxId.ofBytes(part.requireTransaction());
        List<String> entered = propagationTracker.propagationRecord(part).entered();
        for (String name : entered.isEmpty() ? List.of(part.node()) : entered) {
            Optional<Transport> node =
                    ready.stream().filter(one -> one.name().equals(name)).findFirst();
            try {
                if (node.isEmpty() || !node.get().withdraw(id)) {
                    return false;
                }
            } catch (NodeUnavailableException e) {
                LOG.debug("whether a node has sent a transaction is unknown: {}", e.getMessage());
                return false;
            }
        }
        return !propagationTracker.isKnown(found.network(), id);
    }

    /** Whether a transaction that carries a packet is in a block; if so, that is stored. */
    private boolean isSettled(Recalled found, int index, List<byte[]> carriers) throws StoreException {
        Optional<byte[]> mined = carriers.stream()
                .filter(carrier -> propagationTracker.isMined(found.network(), TxId.ofBytes(carrier)))
                .findFirst();
        if (mined.isPresent()) {
            settle(found, index, now -> now.minedIn(mined.get()));
        }
        return mined.isPresent();
    }

    /** Whether an earlier recall, which came too late for one block, is in another; if so, that is stored. */
    private boolean isRecalled(Recalled found, int index) throws StoreException {
        Optional<byte[]> mined = found.outgoing().parts().get(index).recalls().stream()
                .filter(recall -> propagationTracker.isMined(found.network(), TxId.ofBytes(recall)))
                .findFirst();
        if (mined.isPresent()) {
            settle(found, index, now -> now.on(PacketEvent.TRANSACTION_GONE));
            guard.perform(() -> guard.update(tx -> SpentRecords.mined(tx, mined.get())));
        }
        return mined.isPresent();
    }

    private void settle(Recalled found, int index, UnaryOperator<OutgoingPart> change) throws StoreException {
        outbox.change(
                found.outgoing().id(),
                now -> now.with(index, change.apply(now.parts().get(index))));
    }

    /**
     * Signs a transaction that carries nothing and takes the place of a packet's; stores it before anyone gets it.
     *
     * @param theirs satoshi of the transactions that go with it: nodes want to be paid for those, too
     */
    private SignedTransaction nothing(Recalled found, int index, long theirs, List<Transport> nodes)
            throws PartylineException {
        spending.requireAccepted(found.network());
        OutgoingPart part = found.outgoing().parts().get(index);
        Wallet wallet = this.nodes
                .wallet(part.wallet())
                .orElseThrow(() -> new NoSuchThingException(
                        "wallet '" + part.wallet() + "' is not available, but is needed to replace the transaction"));
        SignedTransaction before = new SignedTransaction(
                TxId.ofBytes(part.requireTransaction()), part.requireRaw(), part.vsize(), part.fee());
        SignedTransaction all = new SignedTransaction(before.id(), before.raw(), before.vsize(), before.fee() + theirs);
        SignedTransaction nothing = wallet.replace(part.account(), before, List.of(), fees.replacement(all, nodes));
        long added = nothing.fee() - before.fee();
        try {
            guard.<PartylineException>perform(() -> guard.<PartylineException>update(tx -> {
                Optional<OutgoingMessage> now =
                        OutgoingRecords.find(tx, found.outgoing().id());
                if (now.isPresent() && now.get().parts().get(index).state() == State.CONFIRMED) {
                    throw new WalletException("it was mined meanwhile");
                }
                Optional<String> refusal = spending.refuse(
                        tx, added - theirs, now.orElse(found.outgoing()).fee(), found.persona());
                if (refusal.isPresent()) {
                    throw new NoSuchThingException(refusal.get());
                }
                Payment payment = new Payment(nothing.id().bytes(), before.id().bytes(), added, found.persona());
                spending.countRecall(tx, now.isPresent() ? payment : payment.of(Optional.empty()));
                if (now.isPresent()) {
                    OutgoingPart emptied = now.get().parts().get(index).emptied(nothing, wallet.name());
                    outbox.update(tx, now.get(), now.get().with(index, emptied));
                }
            }));
        } catch (StoreException e) {
            // It may be stored all the same.
            throw e;
        } catch (PartylineException e) {
            wallet.forget(part.account(), nothing);
            throw e;
        }
        return nothing;
    }

    /** Whether nodes require more for a stored recall than when it was signed. */
    private boolean isTooCheap(OutgoingPart part, List<Transport> nodes) {
        OutgoingPart.Signed carrier = part.carrier();
        return carrier != null && part.fee() < fees.replacement(carrier.fee(), carrier.vsize(), part.vsize(), nodes);
    }

    /** @return the node that accepted it; empty if the other one was mined meanwhile */
    private Optional<String> broadcast(
            Recalled found, SignedTransaction nothing, List<byte[]> carriers, List<Transport> nodes)
            throws PartylineException {
        PartylineException last = null;
        String taken = null;
        boolean gone = false;
        for (Transport node : nodes) {
            guard.confirmLeader();
            try {
                node.broadcast(nothing.raw());
                taken = node.name();
            } catch (NodeUnavailableException e) {
                last = last == null ? e : last;
            } catch (TransactionRejectedException e) {
                gone |= e.reason() == TransactionRejectedException.Reason.INPUTS_GONE;
                last = new NoSuchThingException(
                        "node '" + node.name() + "' rejected the recalling transaction: " + e.getMessage());
            }
        }
        if (taken == null && gone && !isWaiting(found.network(), nothing, carriers)) {
            LOG.info("a message was mined before it could be recalled");
            return Optional.empty();
        }
        if (taken == null && last != null) {
            throw last;
        }
        return Optional.ofNullable(taken);
    }

    /**
     * Whether a transaction that carries a packet is in no block, although a node does not know its coin: another node
     * has it, or nodes have lost the transaction whose change it spends.
     */
    private boolean isWaiting(Network network, SignedTransaction nothing, List<byte[]> carriers) throws StoreException {
        List<byte[]> parents =
                guard.open(() -> guard.transact(tx -> KeptTransactionRecords.parents(tx, nothing.raw())));
        return carriers.stream().map(TxId::ofBytes).anyMatch(id -> propagationTracker.isKnown(network, id))
                        && carriers.stream().map(TxId::ofBytes).noneMatch(id -> propagationTracker.isMined(network, id))
                || parents.stream().anyMatch(id -> !propagationTracker.isKnown(network, TxId.ofBytes(id)));
    }
}
