package org.partyline.delivery;

import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Broadcasts;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.Payments;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.api.carrier.Withdrawals;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.delivery.CarrierViews;

/** Pays for, hands over and recalls one carrier's transactions. */
final class CarrierWork implements Payments, Broadcasts, Withdrawals {
    private final NodeDirectory directory;
    private final CarrierScope scope;
    private final PacketPayment payment;
    private final SharedPayment sharedPayment;
    private final Broadcaster broadcaster;
    private final SharedBroadcaster sharedBroadcaster;
    private final PacketReplacement replacement;

    CarrierWork(
            NodeDirectory directory,
            CarrierScope scope,
            PacketPayment payment,
            SharedPayment sharedPayment,
            Broadcaster broadcaster,
            SharedBroadcaster sharedBroadcaster,
            PacketReplacement replacement) {
        this.directory = directory;
        this.scope = scope;
        this.payment = payment;
        this.sharedPayment = sharedPayment;
        this.broadcaster = broadcaster;
        this.sharedBroadcaster = sharedBroadcaster;
        this.replacement = replacement;
    }

    @Override
    public Optional<String> pay(PacketRef packet, List<CarrierNode> nodes) throws PartylineException {
        return payment.pay(scope.carrier(), packet, transports(nodes));
    }

    @Override
    public Signed sign(SharedTransaction wanted, Keep keep) throws PartylineException {
        return sharedPayment.sign(scope, wanted, keep, sharedBroadcaster::unseen);
    }

    @Override
    public void hand(PacketRef packet, List<CarrierNode> nodes) throws PartylineException {
        broadcaster.hand(scope.carrier(), packet, transports(nodes), payment.begun(packet));
    }

    @Override
    public Optional<Refusal> hand(byte[] key, List<CarrierNode> nodes, Taken taken) throws PartylineException {
        return sharedBroadcaster.hand(scope, key, nodes, taken);
    }

    @Override
    public void spread(byte[] key, List<CarrierNode> nodes) throws StoreException {
        sharedBroadcaster.spread(scope, key, nodes);
    }

    @Override
    public void withdraw(PacketRef packet, List<CarrierNode> nodes, RecallTally tally) throws PartylineException {
        replacement.withdraw(scope.carrier(), packet, transports(nodes), tally);
    }

    @Override
    public boolean isOnItsWay(PacketRef packet) throws StoreException {
        return replacement.isOnItsWay(packet);
    }

    private List<Transport> transports(List<CarrierNode> nodes) {
        return CarrierViews.transports(directory, nodes);
    }
}
