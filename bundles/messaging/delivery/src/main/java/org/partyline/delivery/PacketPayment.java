package org.partyline.delivery;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.fees.Spending.Bill;
import org.partyline.messaging.fees.Spending.Payment;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.WaitsException;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.schedule.CoverOrders;

/** Has a packet's own transaction paid for by a wallet, within the caps and the budget. */
public final class PacketPayment {
    private final StateGuard guard;
    private final NodeDirectory nodes;
    private final CoverOrders orders;
    private final Outbox outbox;
    private final Pricing fees;
    private final Spending spending;
    private final Slots slots;

    public PacketPayment(
            StateGuard guard,
            NodeDirectory nodes,
            CoverOrders orders,
            Outbox outbox,
            Pricing fees,
            Spending spending,
            Slots slots) {
        this.guard = guard;
        this.nodes = nodes;
        this.orders = orders;
        this.outbox = outbox;
        this.fees = fees;
        this.spending = spending;
        this.slots = slots;
    }

    /**
     * Pays for a packet of a carrier's and stores that.
     *
     * @return the wallet that paid; empty when the message is over, or has that packet no more
     * @throws WaitsException when there is no wallet, a cap is reached, or the budget for cover traffic is spent
     */
    Optional<String> pay(String carrier, PacketRef packet, List<Transport> nodes) throws PartylineException {
        int index = packet.index();
        Optional<OutgoingMessage> found =
                guard.open(memory -> guard.transact(tx -> OutgoingRecords.find(tx, packet.message())));
        // One that is to be sealed again, as its session has ended meanwhile, has no packets.
        if (found.isEmpty()
                || found.get().state().isSettled()
                || index >= found.get().parts().size()) {
            return Optional.empty();
        }
        OutgoingMessage outgoing = found.get();
        if (!outgoing.carrier().equals(carrier)
                || outgoing.parts().get(index).state() != State.SEALED
                || outgoing.parts().get(index).raw() != null) {
            throw new IllegalStateException("the packet is already funded, or belongs to another carrier");
        }
        slots.requireFor(Set.of(packet));
        if (nodes.isEmpty()) {
            throw new WaitsException("it waits for a ready node");
        }
        Network network = nodes.get(0).network();
        String account = guard.conversation(outgoing.membership()).account();
        FeeRate rate = fees.draw(nodes);
        List<byte[]> payload = List.of(outgoing.parts().get(index).packet());
        // What a cap refuses should not be signed first: that takes an address each time. The size is the usual one.
        ask(outgoing, rate.fee(TransactionSize.of(payload)), network);
        Payers.Paid payment = Payers.pay(this.nodes, fees.entries(nodes), account, payload, rate);
        Wallet wallet = payment.wallet();
        SignedTransaction paid = payment.transaction();
        boolean stored = false;
        // Until the store has answered it is not known whether it is in there, and leaves some time.
        boolean nobodyHasIt = false;
        try {
            stored = store(outgoing, index, wallet.name(), account, paid, network);
            nobodyHasIt = !stored;
            slots.use();
            return stored ? Optional.of(wallet.name()) : Optional.empty();
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            nobodyHasIt = true;
            throw e;
        } finally {
            if (nobodyHasIt) {
                wallet.discard(account, paid);
            } else if (!stored) {
                wallet.release(account, paid);
            }
        }
    }

    static Bill bill(OutgoingMessage outgoing) {
        return new Bill(outgoing.id(), outgoing.parts().size(), outgoing.fee());
    }

    private void ask(OutgoingMessage outgoing, long fee, Network network) throws PartylineException {
        int persona = guard.conversation(outgoing.membership()).persona();
        guard.<Void, PartylineException>open(memory -> guard.<Void, PartylineException>transact(tx -> {
            check(tx, outgoing, fee, persona, network);
            return null;
        }));
    }

    private void check(StoreTransaction tx, OutgoingMessage outgoing, long fee, int persona, Network network)
            throws StoreException, WaitsException {
        spending.require(tx, fee, bill(outgoing), persona);
        spending.checkBudget(tx, fee, persona, network);
    }

    /**
     * Counts a fee and stores what it is for, in one transaction, or says which cap it would go over.
     *
     * @return whether it is stored; false: the message is over, or is paid for meanwhile by one whose bundle was replaced in the middle
     */
    private boolean store(
            OutgoingMessage outgoing, int index, String wallet, String account, SignedTransaction paid, Network network)
            throws PartylineException {
        int persona = guard.conversation(outgoing.membership()).persona();
        return guard.<Boolean, PartylineException>open(memory -> {
            Optional<OutgoingMessage> after = guard.<Optional<OutgoingMessage>, PartylineException>transact(tx -> {
                Optional<OutgoingMessage> now = OutgoingRecords.find(tx, outgoing.id())
                        .filter(found -> !found.state().isSettled())
                        .filter(found -> found.parts().get(index).raw() == null);
                if (now.isEmpty()) {
                    return Optional.empty();
                }
                check(tx, now.get(), paid.fee(), persona, network);
                spending.countPacket(tx, new Payment(paid.id().bytes(), null, paid.fee(), persona), network);
                OutgoingPart part = now.get().parts().get(index);
                if (outgoing.type() != PacketType.DECOY.code()) {
                    orders.sent(tx, persona, part.packet().length);
                }
                OutgoingPart signed =
                        part.signed(paid.raw(), paid.id().bytes(), paid.vsize(), paid.fee(), wallet, account);
                return Optional.of(
                        outbox.update(tx, memory, now.get(), now.get().with(index, signed)));
            });
            after.ifPresent(stored -> outbox.tell(memory, stored));
            return after.isPresent();
        });
    }
}
