package org.partyline.delivery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.Payments.Keep;
import org.partyline.api.carrier.Payments.Signed;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.api.carrier.SharedTransaction.Cargo;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.fees.Spending.Payment;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.MessageWaitsException;

/**
 * Signs transactions with packets of several messages. Each is stored, with its packets, before anyone has it, so that
 * a killed server continues with the same one.
 */
public final class SharedPayment {
    private final NodeDirectory nodes;
    private final CoverOrders orders;
    private final Pricing fees;
    private final Spending spending;
    private final Slots slots;
    private final KeptTransactions kept;

    public SharedPayment(
            NodeDirectory nodes,
            CoverOrders orders,
            Pricing fees,
            Spending spending,
            Slots slots,
            KeptTransactions kept) {
        this.nodes = nodes;
        this.orders = orders;
        this.fees = fees;
        this.spending = spending;
        this.slots = slots;
        this.kept = kept;
    }

    /**
     * A transaction to be signed.
     *
     * @param before the transaction that it replaces
     * @param unproven packets of that one, but not of this one, that a node accepted and none has shown
     */
    private record Order(
            CarrierScope scope,
            SharedTransaction wanted,
            Optional<KeptTransaction> before,
            List<Transport> nodes,
            Map<KeptTransaction.Cargo, OutgoingPart> unproven) {
        String account() {
            return new PersonaRecord(wanted.persona(), "", false).account();
        }

        long paid() {
            return before.map(KeptTransaction::fee).orElse(0L);
        }

        List<byte[]> payloads() {
            return wanted.cargo().stream().map(Cargo::bytes).toList();
        }
    }

    /** Asks nodes for packets that a node accepted. */
    @FunctionalInterface
    interface Look {
        /** Returns those that no other node has. */
        Set<KeptTransaction.Cargo> unseen(
                CarrierScope scope, Network network, Map<KeptTransaction.Cargo, OutgoingPart> unproven)
                throws StoreException;
    }

    /** Signs a transaction and stores it, with its packets, in one transaction of the store. */
    Signed sign(CarrierScope scope, SharedTransaction wanted, Keep keep, Look look) throws PartylineException {
        spending.requireAccepted(wanted.network());
        slots.requireFor(wanted.boarding());
        List<Transport> nodes = CarrierViews.transports(this.nodes, wanted.nodes());
        if (nodes.isEmpty()) {
            throw new MessageWaitsException("it waits for a ready node");
        }
        Optional<FeeRate> rate = wanted.replaces().isEmpty() ? Optional.of(fees.draw(nodes)) : Optional.empty();
        Order order = scope.<Order, PartylineException>run(tx -> {
            Optional<KeptTransaction> before = before(tx, scope, wanted);
            Order asked = new Order(scope, wanted, before, nodes, unproven(tx, before, wanted));
            // Checked before signing, since each signature uses an address.
            if (!wanted.boarding().isEmpty()) {
                int vsize = likelyVsize(asked);
                long likely = rate.isPresent()
                        ? rate.get().fee(vsize)
                        : fees.replacement(asked.before().get().signed(), nodes).fee(vsize);
                check(tx.store(), asked, likely, vsize);
                spending.checkBudget(tx.store(), likely - asked.paid(), wanted.persona(), wanted.network());
            }
            return asked;
        });
        return sign(order, rate, keep, look.unseen(scope, wanted.network(), order.unproven()));
    }

    /** The transaction to be replaced. */
    private static Optional<KeptTransaction> before(
            StoreCarrierTransaction tx, CarrierScope scope, SharedTransaction wanted)
            throws StoreException, MessageWaitsException {
        if (wanted.replaces().isEmpty()) {
            return Optional.empty();
        }
        Optional<KeptTransaction> before = KeptTransactionRecords.find(
                tx.store(), scope.carrier(), wanted.replaces().get());
        if (before.isEmpty()) {
            throw new MessageWaitsException("the transaction that it should replace has ended");
        }
        if (before.get().spendable()) {
            throw new MessageWaitsException(
                    "its transaction has ended and is no longer replaced: its change may pay for other messages");
        }
        return before;
    }

    private static Map<KeptTransaction.Cargo, OutgoingPart> unproven(
            StoreCarrierTransaction tx, Optional<KeptTransaction> before, SharedTransaction wanted)
            throws StoreException {
        Map<KeptTransaction.Cargo, OutgoingPart> unproven = new HashMap<>();
        for (KeptTransaction.Cargo packet : before.map(KeptTransaction::packets).orElse(List.of())) {
            if (wanted.cargo().stream().noneMatch(cargo -> cargo.packet().equals(packet.ref()))) {
                OutgoingRecords.find(tx.store(), packet.message())
                        .filter(outgoing -> outgoing.parts().size() > packet.index())
                        .map(outgoing -> outgoing.parts().get(packet.index()))
                        .filter(part -> part.state() == State.SENT)
                        .ifPresent(part -> unproven.put(packet, part));
            }
        }
        return unproven;
    }

    private Signed sign(Order order, Optional<FeeRate> rate, Keep keep, Set<KeptTransaction.Cargo> unseen)
            throws PartylineException {
        Payers.Paid payment = rate.isPresent()
                ? Payers.pay(nodes, fees.entries(order.nodes()), order.account(), order.payloads(), rate.get())
                : replace(order, order.before().get());
        Signed signed = new Signed(payment.wallet().name(), payment.transaction());
        boolean stored = false;
        boolean refused = false;
        try {
            order.scope().<PartylineException>update(tx -> {
                store(tx, order, signed, keep, unseen);
            });
            stored = true;
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            refused = true;
            throw e;
        } finally {
            if (refused && order.before().isPresent()) {
                payment.wallet().forget(order.account(), payment.transaction());
            } else if (!stored && order.before().isEmpty()) {
                if (refused) {
                    payment.wallet().discard(order.account(), payment.transaction());
                } else {
                    payment.wallet().release(order.account(), payment.transaction());
                }
            }
        }
        order.before().filter(before -> !before.sent()).ifPresent(before -> kept.hold(before, false));
        return signed;
    }

    private int likelyVsize(Order order) throws StoreException {
        List<byte[]> payloads = order.payloads();
        if (order.before().isEmpty()) {
            return TransactionSize.of(payloads);
        }
        // It spends the same coin to the same change.
        return order.before().get().vsize()
                - TransactionSize.outputs(payloads(order.before().get().raw()))
                + TransactionSize.outputs(payloads);
    }

    /** Payloads of the same lengths as those of a transaction. */
    private static List<byte[]> payloads(byte[] raw) {
        List<byte[]> all = new ArrayList<>();
        TransactionScanner.scan(raw, (output, offset, length) -> all.add(new byte[length]));
        return all;
    }

    private Payers.Paid replace(Order order, KeptTransaction before) throws PartylineException {
        Wallet wallet = nodes.wallet(before.wallet())
                .orElseThrow(() -> new MessageWaitsException("it waits for a wallet on "
                        + order.wanted().network().label() + ": '" + before.wallet() + "' is not available"));
        SignedTransaction next = wallet.replace(
                before.account(), before.signed(), order.payloads(), fees.replacement(before.signed(), order.nodes()));
        return new Payers.Paid(wallet, next);
    }

    /** @throws MessageWaitsException says which cap refuses the addition to the fee */
    private void check(StoreTransaction tx, Order order, long fee, int vsize) throws PartylineException {
        order.wanted().limit().check(fee, vsize);
        long added = fee - order.paid();
        int persona = order.wanted().persona();
        Set<Long> boarding =
                order.wanted().boarding().stream().map(PacketRef::message).collect(Collectors.toSet());
        boolean gone = false;
        for (long message : boarding) {
            Optional<OutgoingMessage> boards = OutgoingRecords.find(tx, message);
            if (boards.isPresent()) {
                spending.require(tx, added, PacketPayment.bill(boards.get()), persona);
            } else {
                gone = true;
            }
        }
        Optional<String> refusal = gone ? spending.refuse(tx, added, 0, persona) : Optional.empty();
        if (refusal.isPresent()) {
            throw MessageWaitsException.onHold(refusal.get());
        }
    }

    /** A version that nothing joins is in the price of a message that has left, and within what that may cost. */
    private void checkPayer(StoreTransaction tx, Order order, long added, Optional<PacketRef> payer)
            throws StoreException, MessageWaitsException {
        int persona = order.wanted().persona();
        Optional<OutgoingMessage> pays =
                payer.isPresent() ? OutgoingRecords.find(tx, payer.get().message()) : Optional.empty();
        if (pays.isPresent() && !order.wanted().takesBack()) {
            spending.require(tx, added, PacketPayment.bill(pays.get()), persona);
            return;
        }
        // A recall is not part of what was approved for the message, but within the caps. The cap of a message that the
        // end of its transaction takes back does not count: it would keep that from ending.
        long paid = pays.filter(message -> message.state() == State.RECALLED)
                .map(OutgoingMessage::fee)
                .orElse(0L);
        Optional<String> refusal = spending.refuse(tx, added, paid, persona);
        if (refusal.isPresent()) {
            throw MessageWaitsException.onHold(refusal.get());
        }
    }

    private void store(
            StoreCarrierTransaction tx, Order order, Signed signed, Keep keep, Set<KeptTransaction.Cargo> unseen)
            throws PartylineException {
        SharedTransaction wanted = order.wanted();
        SignedTransaction transaction = signed.transaction();
        long added = transaction.fee() - order.paid();
        check(tx.store(), order, transaction.fee(), transaction.vsize());
        Set<KeptTransaction.Cargo> stood =
                new HashSet<>(order.before().map(KeptTransaction::packets).orElse(List.of()));
        List<KeptTransaction.Cargo> goes = new ArrayList<>();
        for (Cargo cargo : wanted.cargo()) {
            PacketRef packet = cargo.packet();
            KeptTransaction.Cargo one = new KeptTransaction.Cargo(packet.message(), packet.index());
            goes.add(one);
            if (!stood.contains(one) && isGone(tx, packet)) {
                throw new MessageWaitsException("it was recalled meanwhile");
            }
            if (!stood.contains(one) && !isSealedAs(tx, cargo)) {
                // It is sent on the present session or chain, and must not be sent on the previous one as well.
                throw new MessageWaitsException("it is sealed again");
            }
        }
        stood.removeAll(goes);
        Optional<PacketRef> payer = payer(tx.store(), order, goes, stood);
        if (wanted.boarding().isEmpty()) {
            checkPayer(tx.store(), order, added, payer);
        }
        Payment payment = new Payment(
                        transaction.id().bytes(),
                        order.before().map(KeptTransaction::transaction).orElse(null),
                        added,
                        wanted.persona())
                .of(payer);
        if (wanted.takesBack()) {
            spending.countRecall(tx.store(), payment);
        } else {
            spending.checkBudget(tx.store(), added, wanted.persona(), wanted.network());
            spending.countPacket(tx.store(), payment, wanted.network());
        }
        tx.keep(order.before(), next(order, signed, goes), keep.keep(tx, signed));
        carry(tx, order, signed);
        if (payer.isPresent()) {
            tx.price(payer.get(), added);
        }
        for (KeptTransaction.Cargo left : stood) {
            tx.change(
                    left.ref(),
                    part -> (unseen.contains(left) ? part.unseen() : part.uncertain()).on(PacketEvent.SUPERSEDED));
        }
    }

    /**
     * The packet whose message's price includes a version's addition to the fee: a joining one; otherwise a recalled
     * one; otherwise one that stays, if nodes require more. The cost of an empty version belongs to the purpose of the
     * previous one. Empty: all these messages have expired or were deleted.
     */
    private static Optional<PacketRef> payer(
            StoreTransaction tx, Order order, List<KeptTransaction.Cargo> goes, Set<KeptTransaction.Cargo> leaves)
            throws StoreException {
        List<PacketRef> candidates = new ArrayList<>();
        for (Cargo cargo : order.wanted().cargo()) {
            if (order.wanted().boarding().contains(cargo.packet())) {
                candidates.add(cargo.packet());
            }
        }
        leaves.stream()
                .sorted(Comparator.comparingLong(KeptTransaction.Cargo::message)
                        .thenComparingInt(KeptTransaction.Cargo::index))
                .forEach(cargo -> candidates.add(cargo.ref()));
        goes.forEach(cargo -> candidates.add(cargo.ref()));
        if (order.before().isPresent()) {
            SpentRecords.payer(tx, order.before().get().transaction()).ifPresent(candidates::add);
        }
        for (PacketRef candidate : candidates) {
            Optional<OutgoingMessage> found = OutgoingRecords.find(tx, candidate.message());
            if (found.isPresent() && found.get().parts().size() > candidate.index()) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static KeptTransaction next(Order order, Signed signed, List<KeptTransaction.Cargo> packets) {
        SignedTransaction transaction = signed.transaction();
        return new KeptTransaction(
                order.scope().carrier(),
                order.wanted().key(),
                order.wanted().persona(),
                order.wanted().network().code(),
                signed.wallet(),
                transaction.raw(),
                transaction.id().bytes(),
                transaction.vsize(),
                transaction.fee(),
                order.before()
                        .map(before -> before.sent() ? before.raw() : before.replaced())
                        .orElse(null),
                false,
                packets,
                false);
    }

    /** Records at each packet that a transaction carries it. */
    private void carry(StoreCarrierTransaction tx, Order order, Signed signed) throws StoreException {
        SignedTransaction transaction = signed.transaction();
        for (Cargo cargo : order.wanted().cargo()) {
            PacketRef packet = cargo.packet();
            Optional<OutgoingMessage> found = OutgoingRecords.find(tx.store(), packet.message());
            if (found.isEmpty() || found.get().parts().size() <= packet.index()) {
                continue;
            }
            OutgoingPart part = found.get().parts().get(packet.index());
            boolean boards = order.wanted().boarding().contains(packet);
            if (boards && found.get().type() != PacketType.DECOY.code()) {
                orders.sent(tx.store(), order.wanted().persona(), part.packet().length);
            }
            tx.change(
                    packet,
                    now -> now.uncertain()
                            .signed(
                                    transaction.raw(),
                                    transaction.id().bytes(),
                                    transaction.vsize(),
                                    now.fee(),
                                    signed.wallet(),
                                    order.account()));
        }
    }

    /** Whether a packet's message has ended without it: it was recalled, expired, or is forgotten. */
    private static boolean isGone(StoreCarrierTransaction tx, PacketRef packet) throws StoreException {
        return tx.message(packet.message()).map(CarriedMessage::isEnded).orElse(true);
    }

    /** Whether a packet is still the present one of its message. */
    private static boolean isSealedAs(StoreCarrierTransaction tx, Cargo cargo) throws StoreException {
        int index = cargo.packet().index();
        Optional<OutgoingMessage> now =
                OutgoingRecords.find(tx.store(), cargo.packet().message());
        return now.isPresent()
                && index < now.get().parts().size()
                && Arrays.equals(now.get().parts().get(index).packet(), cargo.bytes());
    }
}
