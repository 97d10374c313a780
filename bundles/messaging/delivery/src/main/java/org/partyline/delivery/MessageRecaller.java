package org.partyline.delivery;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.ChosenNetwork;
import org.partyline.messaging.state.StateGuard;

/**
 * Recalls messages that were sent: replaces their unconfirmed transactions by empty ones. Runs on the sender's thread.
 */
public final class MessageRecaller implements Recaller {
    private static final String PACKET = "another packet";

    private final StateGuard guard;
    private final People people;
    private final OperatorSettings settings;
    private final NodeDirectory nodes;
    private final Outbox outbox;
    private final OfferedCarriers carriers;

    public MessageRecaller(
            StateGuard guard, OperatorSettings settings, NodeDirectory nodes, Outbox outbox, OfferedCarriers carriers) {
        this.guard = guard;
        this.people = guard.people();
        this.settings = settings;
        this.nodes = nodes;
        this.outbox = outbox;
        this.carriers = carriers;
    }

    @Override
    public Messages.Recalled recall(long id) throws PartylineException {
        Recalled found = find(id);
        List<Transport> nodes = this.nodes.ready(found.network());
        if (nodes.isEmpty()) {
            throw new NoSuchThingException("no node on " + found.network().label()
                    + " is ready, so nothing can be replaced now (partyline:node-list)");
        }
        Carrier carrier = carriers.ready(found.outgoing());
        boolean begun = found.outgoing().state() == State.RECALLED;
        if (!begun) {
            ChosenNetwork.requireAccepted(settings, found.network());
            outbox.change(id, now -> now.ended(MessageEvent.RECALLED, "it is being recalled"));
        }
        RecallTally tally = new RecallTally();
        try {
            carrier.recall(CarrierViews.of(guard, found.outgoing()), CarrierViews.of(nodes), tally);
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            if (!begun && !tally.isStored()) {
                outbox.change(id, now -> now.notRecalled(found.outgoing()));
                throw e;
            }
            outbox.change(id, now -> now.because("it is being recalled: " + e.getMessage()));
            throw new NoSuchThingException("message " + id
                    + " is being recalled; this is not finished and continues automatically: " + e.getMessage());
        }
        OutgoingMessage after = outbox.change(
                id, now -> now.ended(MessageEvent.RECALLED, "recalled: anyone who has seen it may still have it"));
        if (after == null) {
            throw new NoSuchThingException("message " + id + " was deleted while it was being recalled");
        }
        int mined = (int) after.parts().stream()
                .filter(part -> part.state() == State.CONFIRMED)
                .count();
        return guard.open(
                () -> new Messages.Recalled(new Views(people).outgoing(after), tally.replaced(), mined, tally.fee()));
    }

    /** A message to be recalled. @param outgoing in the state in which it was found */
    private record Recalled(OutgoingMessage outgoing, Network network) {}

    private Recalled find(long id) throws PartylineException {
        return guard.<Recalled, PartylineException>open(() -> {
            OutgoingMessage outgoing = guard.transact(tx -> OutgoingRecords.find(tx, id))
                    .orElseThrow(
                            () -> new NoSuchThingException(
                                    "no outgoing message " + id
                                            + " can be recalled: it was received, has expired, or never existed (partyline:outbox --all)"));
            Conversation conversation = people.conversations.find(outgoing.membership());
            if (!outgoing.isText() || conversation == null) {
                throw new NoSuchThingException(
                        "message " + id + " cannot be recalled: it has no text, or its channel or contact was removed");
            }
            if (!outgoing.state().isSettled()
                    && !guard.transact(tx -> KeptTransactionRecords.mayHaveLeft(tx, outgoing))) {
                throw new NoSuchThingException("message " + id + " is "
                        + outgoing.state().word() + " and has not been sent: cancel it with partyline:cancel " + id);
            }
            if (outgoing.state() == State.RECALLED && !isUnfinished(outgoing)) {
                throw new NoSuchThingException("message " + id + " was already recalled (partyline:outbox --all)");
            }
            Optional<String> built =
                    outgoing.state() == State.RECALLED ? Optional.empty() : guard.transact(tx -> builtOn(tx, outgoing));
            if (built.isPresent()) {
                throw new NoSuchThingException("message " + id + " cannot be recalled: its change pays for "
                        + built.get() + ", which would be lost with it");
            }
            return new Recalled(outgoing, conversation.network());
        });
    }

    /**
     * Names the content of another transaction that spends the change of one of this message's transactions that are in
     * no block. The messages of a shared one may be forgotten while it waits for a block.
     */
    private static Optional<String> builtOn(StoreTransaction tx, OutgoingMessage outgoing) throws StoreException {
        List<byte[]> waiting = outgoing.parts().stream()
                .filter(part -> part.state() != State.CONFIRMED)
                .flatMap(part -> Stream.ofNullable(part.transaction()))
                .toList();
        Optional<String> message = OutgoingRecords.all(tx).stream()
                .filter(other -> other.id() != outgoing.id())
                .filter(other -> other.parts().stream()
                        .anyMatch(part -> part.attempted() && waiting.stream().anyMatch(part::spends)))
                .findFirst()
                .map(other -> other.isWritten() ? "message " + other.id() : PACKET);
        boolean shared = KeptTransactionRecords.all(tx).stream()
                .filter(kept -> kept.sent() || kept.replaced() != null)
                .anyMatch(kept -> waiting.stream().anyMatch(id -> OutgoingPart.spends(kept.raw(), id)));
        return message.isPresent() || !shared ? message : Optional.of(PACKET);
    }

    /**
     * Whether a message is being recalled, and some of it is still in flight.
     *
     * @throws AbsentException if its carrier, which alone knows, is unavailable
     */
    boolean isUnfinished(OutgoingMessage outgoing) throws StoreException {
        if (outgoing.state() != State.RECALLED || !outgoing.isText()) {
            return false;
        }
        Optional<CarriedMessage> message = guard.open(() -> CarrierViews.of(people, outgoing));
        return message.isPresent() && carriers.of(outgoing).isOnTheAir(message.get());
    }
}
