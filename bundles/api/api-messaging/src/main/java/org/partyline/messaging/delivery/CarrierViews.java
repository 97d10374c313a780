package org.partyline.messaging.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarriedPacket;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;

/** Presents messages and nodes to carriers. */
public final class CarrierViews {
    private CarrierViews() {}

    /** Empty if the message's conversation was erased. */
    public static Optional<CarriedMessage> of(People people, OutgoingMessage outgoing) {
        Conversation conversation = people.conversations.find(outgoing.membership());
        if (conversation == null) {
            return Optional.empty();
        }
        return Optional.of(new CarriedMessage(
                outgoing.id(),
                conversation.persona(),
                conversation.network(),
                outgoing.opens(),
                outgoing.state().isSettled(),
                outgoing.isGivenUp(),
                outgoing.fee(),
                Instant.ofEpochMilli(outgoing.expires()),
                outgoing.parts().stream().map(CarrierViews::packet).toList()));
    }

    /** @throws MessageWaitsException if the message's conversation was erased */
    public static CarriedMessage of(StateGuard guard, OutgoingMessage outgoing)
            throws StoreException, MessageWaitsException {
        return guard.<Optional<CarriedMessage>, StoreException>open(() -> of(guard.people(), outgoing))
                .orElseThrow(() -> new MessageWaitsException("its channel was left, or its contact removed"));
    }

    private static CarriedPacket packet(OutgoingPart part) {
        return new CarriedPacket(
                part.packet(),
                PacketState.valueOf(part.state().name()),
                part.raw() != null,
                Optional.ofNullable(part.transaction()).map(TxId::ofBytes),
                Instant.ofEpochMilli(part.tried()),
                part.left() == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(part.left())));
    }

    /** Nodes as carriers see them. */
    public static List<CarrierNode> of(List<Transport> nodes) {
        return nodes.stream()
                .map(node -> new CarrierNode(node.name(), node.policy()))
                .toList();
    }

    /** Those of these nodes that still exist, in the same order. */
    public static List<Transport> transports(NodeDirectory nodes, List<CarrierNode> wanted) {
        List<Transport> all = new ArrayList<>();
        List<Transport> used = nodes.inUse();
        for (CarrierNode node : wanted) {
            used.stream()
                    .filter(one -> one.name().equals(node.name()))
                    .findFirst()
                    .ifPresent(all::add);
        }
        return all;
    }
}
