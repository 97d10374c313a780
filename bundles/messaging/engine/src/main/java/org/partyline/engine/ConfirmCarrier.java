package org.partyline.engine;

import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.Transport;
import org.partyline.engine.fees.FeePolicy;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.PropagationRecord;
import org.partyline.engine.mailbox.PropagationTracker;

/** Each packet in a transaction of its own, which will be mined. */
final class ConfirmCarrier implements Carrier {
    private final PropagationTracker propagationTracker;
    private final FeePolicy fees;
    private final Slots slots;
    private final PacketPayment payment;
    private final Broadcaster broadcaster;
    private final PacketReplacement replacement;

    ConfirmCarrier(
            PropagationTracker propagationTracker,
            FeePolicy fees,
            Slots slots,
            PacketPayment payment,
            Broadcaster broadcaster,
            PacketReplacement replacement) {
        this.propagationTracker = propagationTracker;
        this.fees = fees;
        this.slots = slots;
        this.payment = payment;
        this.broadcaster = broadcaster;
        this.replacement = replacement;
    }

    @Override
    public String id() {
        return Carriers.CONFIRM;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public long quote(Prospects.Stored stored, List<Transport> nodes) throws PartylineException {
        long fee = 0;
        for (int size : stored.outlook().sizes()) {
            fee += fees.rate(PacketSizes.carrying(nodes, size)).fee(FeePolicy.vsize(List.of(new byte[size])));
        }
        return fee;
    }

    @Override
    public boolean paysFromChange(int persona, Network network) {
        return false;
    }

    @Override
    public long most(int persona, Network network, int bucket, List<Transport> nodes) throws PartylineException {
        return fees.most(nodes, bucket, 1);
    }

    @Override
    public boolean looksAfter(OutgoingMessage outgoing, int index) {
        return false;
    }

    @Override
    public boolean takesAlong(OutgoingMessage outgoing, int index, Network network) {
        return false;
    }

    @Override
    public boolean isDue(Network network, OutgoingPart part, PropagationRecord propagationRecord) {
        return propagationTracker.isDue(network, part, propagationRecord);
    }

    @Override
    public Optional<OutgoingMessage> lost(OutgoingMessage outgoing, int index) {
        return Optional.empty();
    }

    @Override
    public OutgoingMessage dispatch(OutgoingMessage outgoing, int index, Network network, List<Transport> nodes)
            throws PartylineException {
        OutgoingMessage paid = slots.at(outgoing, index, network, () -> payment.sign(outgoing, index, nodes));
        return paid == null || paid.state().isSettled()
                ? paid
                : broadcaster.hand(
                        paid, index, Payers.first(paid.parts().get(index).wallet(), nodes));
    }

    @Override
    public OutgoingMessage dispatchAgain(OutgoingMessage outgoing, int index, List<Transport> nodes)
            throws PartylineException {
        return broadcaster.hand(outgoing, index, nodes);
    }

    @Override
    public void recall(Recalled recalled, List<Transport> nodes, Tally tally) throws PartylineException {
        for (int i = 0; i < recalled.outgoing().parts().size(); i++) {
            replacement.replace(recalled, i, nodes, tally);
        }
    }

    @Override
    public boolean isOnTheAir(OutgoingMessage outgoing) {
        return outgoing.parts().stream().anyMatch(PacketReplacement::isOnItsWay);
    }
}
