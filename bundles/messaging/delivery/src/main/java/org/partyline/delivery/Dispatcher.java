package org.partyline.delivery;

import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.Quote;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecord;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;

/**
 * Advances one packet: once it may leave, it is paid for by its own transaction or added to a rolling one, handed to a
 * node, and tracked until it is in a block.
 */
public final class Dispatcher {
    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final Outbox outbox;
    private final PropagationTracker propagationTracker;
    private final CarrierChoice choice;
    private final Spending spending;
    private final OfferedCarriers carriers;
    private final Slots slots;

    Dispatcher(
            StateGuard guard,
            Clock clock,
            Outbox outbox,
            PropagationTracker propagationTracker,
            CarrierChoice choice,
            Spending spending,
            OfferedCarriers carriers,
            Slots slots) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.outbox = outbox;
        this.propagationTracker = propagationTracker;
        this.choice = choice;
        this.spending = spending;
        this.carriers = carriers;
        this.slots = slots;
    }

    /** Advances one packet as far as possible; null if the message no longer exists. */
    @Nullable
    OutgoingMessage move(OutgoingMessage outgoing, int index) throws PartylineException {
        OutgoingPart part = outgoing.parts().get(index);
        if (part.state().ordinal() >= State.CONFIRMED.ordinal()) {
            return outgoing;
        }
        if (part.state() != State.SEALED) {
            return follow(outgoing, index);
        }
        CarriedMessage message = CarrierViews.of(guard, outgoing);
        if (part.ridesAgain() && carriers.of(outgoing).takesAlong(message, index)) {
            return outgoing;
        }
        return handOver(outgoing, index, message.network());
    }

    /** Why some of a message that has left is in no node's mempool any more; empty if that is not known. */
    Optional<String> missing(OutgoingMessage outgoing) throws StoreException {
        Optional<CarriedMessage> message = guard.open(() -> CarrierViews.of(people, outgoing));
        if (message.isEmpty() || !outgoing.isOut() || !carriers.isReady(outgoing)) {
            return Optional.empty();
        }
        Carrier carrier = carriers.of(outgoing);
        for (int i = 0; i < outgoing.parts().size(); i++) {
            State state = outgoing.parts().get(i).state();
            Optional<String> why = state == State.SENT || state == State.RELAYED
                    ? carrier.waitsFor(message.get(), i)
                    : Optional.empty();
            if (why.isPresent()) {
                return why;
            }
        }
        return Optional.empty();
    }

    /** Checks how far an accepted transaction has propagated, and hands it over again if it does not appear. */
    private @Nullable OutgoingMessage follow(OutgoingMessage outgoing, int index) throws PartylineException {
        OutgoingPart part = outgoing.parts().get(index);
        Optional<CarriedMessage> message = guard.open(() -> CarrierViews.of(people, outgoing));
        // It is out: an unavailable carrier, which tracks it when it returns, is not mentioned.
        if (message.isEmpty() || !carriers.isReady(outgoing)) {
            return outgoing;
        }
        Network network = message.get().network();
        PropagationRecord propagationRecord =
                part.state() == State.RELAYED ? PropagationRecord.NOTHING : propagationTracker.propagationRecord(part);
        if (part.state() == State.SENT) {
            if (propagationTracker.isShown(network, part, propagationRecord)) {
                return outbox.change(outgoing.id(), now -> shown(now, index, part));
            }
            Optional<TransactionPlace> place = propagationTracker.ask(network, part, propagationRecord);
            boolean relayed = place.isPresent() && place.get().relayed();
            boolean isPrivate = place.isPresent() && place.get().kind() == TransactionPlace.Kind.PRIVATE;
            if (relayed || isPrivate) {
                OutgoingMessage after = outbox.change(outgoing.id(), now -> {
                    OutgoingMessage moved = relayed ? shown(now, index, part) : now;
                    return isPrivate && !moved.state().isSettled()
                            ? moved.sentPrivately(place.get().peers())
                            : moved;
                });
                if (relayed) {
                    return after;
                }
            }
        }
        Carrier carrier = carriers.of(outgoing);
        if (carrier.looksAfter(message.get(), index)) {
            return outgoing;
        }
        if (!carrier.isDue(message.get(), index)) {
            return outgoing;
        }
        Optional<PropagationTracker.Found> found =
                propagationTracker.find(network, part, propagationRecord, part.state() == State.SENT);
        if (found.isEmpty()) {
            if (part.state() == State.SENT) {
                propagationTracker.overdue(network, part, propagationRecord);
            }
            // A packet that no longer exists is handed to nobody.
            return carrier.isLost(message.get(), index) ? stored(outgoing) : handOverAgain(outgoing, index, network);
        }
        propagationTracker.found(outgoing, part, found.get());
        if (found.get().state() == State.CONFIRMED) {
            outbox.recordBlock(outgoing.id(), found.get().place().block().orElseThrow());
        }
        return outbox.change(outgoing.id(), now -> {
            OutgoingPart asked = now.parts().get(index);
            OutgoingMessage touched =
                    now.with(index, asked.attempt(asked.node(), clock.instant().toEpochMilli()));
            return switch (found.get().state()) {
                case CONFIRMED -> touched.with(index, touched.parts().get(index).minedIn(part.requireTransaction()));
                case RELAYED -> touched.on(index, PacketEvent.SHOWN);
                default -> touched;
            };
        });
    }

    /** A transaction that others already have waits for nothing, even if no node of ours answers. */
    private @Nullable OutgoingMessage handOverAgain(OutgoingMessage outgoing, int index, Network network)
            throws PartylineException {
        OutgoingPart part = outgoing.parts().get(index);
        boolean relayed = part.state() == State.RELAYED;
        if (relayed && propagationTracker.order(network, outgoing, part).isEmpty()) {
            return outgoing;
        }
        try {
            return handOver(outgoing, index, network);
        } catch (NodeUnavailableException e) {
            if (!relayed) {
                throw e;
            }
            return outgoing;
        }
    }

    /**
     * A node that did not receive it from us has a packet's transaction; another one may have replaced it since nodes
     * were asked.
     */
    private static OutgoingMessage shown(OutgoingMessage now, int index, OutgoingPart asked) {
        OutgoingPart part = now.parts().get(index);
        return part.state() == State.SENT && Arrays.equals(part.transaction(), asked.transaction())
                ? now.on(index, PacketEvent.SHOWN)
                : now;
    }

    private @Nullable OutgoingMessage handOver(OutgoingMessage outgoing, int index, Network network)
            throws PartylineException {
        OutgoingPart part = outgoing.parts().get(index);
        List<Transport> nodes = propagationTracker.order(network, outgoing, part);
        if (nodes.isEmpty()) {
            throw new MessageWaitsException(
                    "it waits for a ready node on " + network.label() + " (partyline:node-list)");
        }
        if (part.raw() != null) {
            carriers.ready(outgoing).dispatchAgain(CarrierViews.of(guard, outgoing), index, CarrierViews.of(nodes));
            return stored(outgoing);
        }
        spending.requireAccepted(network);
        OutgoingMessage chosen = choice.byOneCarrier(outgoing);
        OutgoingMessage current = chosen == null ? null : slots.draw(chosen, index, network);
        if (current == null || current.state().isSettled()) {
            return current;
        }
        Carrier carrier = carriers.ready(current);
        CarriedMessage message = CarrierViews.of(guard, current);
        carrier.awaitTurn(message, index);
        approve(current, network, nodes);
        slots.at(current, index, network, () -> dispatch(current, carrier, index, nodes));
        return stored(current);
    }

    /** Sends a packet; if the wallet lacks a coin for it, a shared transaction that can end provides its change. */
    private void dispatch(OutgoingMessage outgoing, Carrier carrier, int index, List<Transport> nodes)
            throws PartylineException {
        CarriedMessage message = CarrierViews.of(guard, outgoing);
        List<CarrierNode> views = CarrierViews.of(nodes);
        try {
            carrier.dispatch(message, index, views);
        } catch (InsufficientFundsException e) {
            int persona = message.persona();
            Network network = message.network();
            long needed =
                    carrier.most(persona, network, message.packets().get(index).bytes().length, views);
            boolean lent = !carrier.isShared()
                    && !guard.conversation(outgoing.membership()).paysApart()
                    && carriers.end(persona, network, needed, views);
            if (!lent) {
                throw e;
            }
            carrier.dispatch(message, index, views);
        }
    }

    /**
     * A message of several packets is sent completely or not at all: the maximum cost of all of them is approved before
     * the first is paid for.
     *
     * @throws MessageWaitsException says which cap does not allow it
     */
    private void approve(OutgoingMessage outgoing, Network network, List<Transport> nodes) throws PartylineException {
        boolean begun = outgoing.parts().stream().anyMatch(part -> part.raw() != null || part.isOut());
        if (begun || outgoing.parts().size() < 2) {
            return;
        }
        Conversation conversation = guard.conversation(outgoing.membership());
        int persona = conversation.persona();
        List<Integer> sizes =
                outgoing.parts().stream().map(part -> part.packet().length).toList();
        Carrier.Price quote = carriers.quote(
                outgoing.carrier(),
                new Quote(outgoing.id(), persona, network, sizes, outgoing.opens()),
                conversation.account(),
                nodes);
        guard.<PartylineException>perform(() -> guard.<PartylineException>update(tx -> {
            spending.approve(tx, quote.fee(), quote.most(), PacketPayment.bill(outgoing), persona);
        }));
    }

    /** The current message; null if it no longer exists. */
    private @Nullable OutgoingMessage stored(OutgoingMessage outgoing) throws StoreException {
        return guard.open(() -> guard.transact(tx -> OutgoingRecords.find(tx, outgoing.id())))
                .orElse(null);
    }
}
