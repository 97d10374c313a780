package org.partyline.delivery;

import java.util.Arrays;
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
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;

/** Pays for a packet's own transaction with a wallet, within the caps and the budget. */
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
     * Pays for a packet of a carrier and stores that.
     *
     * @return the wallet that paid; empty if the message is no longer being sent, or no longer has that packet
     * @throws MessageWaitsException if there is no wallet, a cap is reached, or the budget for cover traffic is spent
     */
    Optional<String> pay(String carrier, PacketRef packet, List<Transport> nodes) throws PartylineException {
        int index = packet.index();
        Optional<FeeRate> drawn = nodes.isEmpty() ? Optional.empty() : Optional.of(fees.draw(nodes));
        Optional<OutgoingMessage> found =
                guard.<Optional<OutgoingMessage>, PartylineException>look(() -> payable(carrier, packet, drawn, nodes));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        OutgoingMessage outgoing = found.get();
        FeeRate rate = drawn.orElseThrow();
        String account = guard.conversation(outgoing.membership()).account();
        List<byte[]> payload = List.of(outgoing.parts().get(index).packet());
        Payers.Paid payment = Payers.pay(this.nodes, fees.entries(nodes), account, payload, rate);
        Wallet wallet = payment.wallet();
        SignedTransaction paid = payment.transaction();
        boolean stored = false;
        // Until the store has answered, it is unknown whether the change is stored and the packet will leave.
        boolean nobodyHasIt = false;
        try {
            Optional<OutgoingMessage> after = store(outgoing, index, wallet.name(), account, paid, nodes);
            stored = after.isPresent();
            nobodyHasIt = !stored;
            slots.use(after);
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

    /** The message of a packet to be paid for; empty if it is no longer being sent, or no longer has that packet. */
    private Optional<OutgoingMessage> payable(
            String carrier, PacketRef packet, Optional<FeeRate> rate, List<Transport> nodes) throws PartylineException {
        Optional<OutgoingMessage> found = guard.transact(tx -> OutgoingRecords.find(tx, packet.message()));
        // A message that must be sealed again, because its session has ended meanwhile, has no packets.
        if (found.isEmpty()
                || found.get().state().isSettled()
                || packet.index() >= found.get().parts().size()) {
            return Optional.empty();
        }
        OutgoingMessage outgoing = found.get();
        OutgoingPart part = outgoing.parts().get(packet.index());
        if (!outgoing.carrier().equals(carrier) || part.state() != State.SEALED || part.raw() != null) {
            throw new IllegalStateException("the packet is already funded, or belongs to another carrier");
        }
        slots.requireFor(Set.of(packet));
        if (rate.isEmpty()) {
            throw new MessageWaitsException("it waits for a ready node");
        }
        // Checked before signing, since each signature uses an address. The size is the usual one.
        long fee = rate.get().fee(TransactionSize.of(List.of(part.packet())));
        int persona = guard.conversation(outgoing.membership()).persona();
        guard.update(tx -> check(tx, outgoing, fee, persona, nodes.get(0).network()));
        return found;
    }

    /** The stored message of a packet that was paid for just now; empty: it must be read. */
    Optional<OutgoingMessage> begun(PacketRef packet) {
        return slots.paid(packet);
    }

    private void check(StoreTransaction tx, OutgoingMessage outgoing, long fee, int persona, Network network)
            throws StoreException, MessageWaitsException {
        spending.require(tx, fee, bill(outgoing), persona);
        spending.checkBudget(tx, fee, persona, network);
    }

    /**
     * Counts a fee and stores its purpose in one transaction, or says which cap it would exceed.
     *
     * @return the stored message; empty: it is no longer being sent or was sealed again, or an instance that was
     *     replaced meanwhile has paid for it
     */
    private Optional<OutgoingMessage> store(
            OutgoingMessage outgoing,
            int index,
            String wallet,
            String account,
            SignedTransaction paid,
            List<Transport> nodes)
            throws PartylineException {
        Network network = nodes.get(0).network();
        int persona = guard.conversation(outgoing.membership()).persona();
        return guard.<Optional<OutgoingMessage>, PartylineException>open(() -> {
            Optional<OutgoingMessage> after = guard.<Optional<OutgoingMessage>, PartylineException>transact(tx -> {
                Optional<OutgoingMessage> now = OutgoingRecords.find(tx, outgoing.id())
                        .filter(found -> !found.state().isSettled())
                        .filter(found -> isStill(found, outgoing, index));
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
                return Optional.of(outbox.update(tx, now.get(), now.get().with(index, signed)));
            });
            after.ifPresent(stored -> outbox.notify(stored));
            return after;
        });
    }

    /** Whether a message still has the packet that was paid for, and nobody else has paid for it. */
    private static boolean isStill(OutgoingMessage now, OutgoingMessage before, int index) {
        return index < now.parts().size()
                && now.parts().get(index).raw() == null
                && Arrays.equals(
                        now.parts().get(index).packet(),
                        before.parts().get(index).packet());
    }
}
