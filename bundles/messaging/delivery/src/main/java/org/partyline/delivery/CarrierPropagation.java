package org.partyline.delivery;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.Propagation;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PropagationRecord;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.state.StateGuard;

/** Reports propagation to carriers. */
public final class CarrierPropagation implements Propagation {
    private final StateGuard guard;
    private final People people;
    private final NodeDirectory nodes;
    private final PropagationTracker propagationTracker;
    private final Predicate<Network> caughtUp;

    /** @param caughtUp whether the blocks of a network have been read up to its tip */
    public CarrierPropagation(
            StateGuard guard, NodeDirectory nodes, PropagationTracker propagationTracker, Predicate<Network> caughtUp) {
        this.guard = guard;
        this.people = guard.people();
        this.nodes = nodes;
        this.propagationTracker = propagationTracker;
        this.caughtUp = caughtUp;
    }

    @Override
    public List<CarrierNode> ready(Network network) {
        return CarrierViews.of(nodes.ready(network));
    }

    @Override
    public boolean isKnown(Network network, TxId transaction) {
        return propagationTracker.isKnown(network, transaction);
    }

    @Override
    public boolean isMined(Network network, TxId transaction) {
        return propagationTracker.isMined(network, transaction);
    }

    @Override
    public boolean isCaughtUp(Network network) {
        return caughtUp.test(network);
    }

    @Override
    public boolean isDue(PacketRef packet) throws StoreException {
        record Place(Network network, OutgoingPart part) {}
        Optional<Place> place = guard.open(() -> {
            Optional<OutgoingMessage> found = guard.transact(tx -> OutgoingRecords.find(tx, packet.message()));
            return found.map(OutgoingMessage::membership)
                    .map(people.conversations::find)
                    .map(conversation -> new Place(
                            conversation.network(), found.get().parts().get(packet.index())));
        });
        if (place.isEmpty()) {
            return false;
        }
        OutgoingPart part = place.get().part();
        PropagationRecord known =
                part.state() == State.RELAYED ? PropagationRecord.NOTHING : propagationTracker.propagationRecord(part);
        return propagationTracker.isDue(place.get().network(), part, known);
    }
}
