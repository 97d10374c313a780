package org.partyline.delivery;

import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.StateGuard;

/** Chooses the carrier of a message that was not sent yet. */
final class CarrierChoice {
    private final StateGuard guard;
    private final OperatorSettings settings;
    private final CoverOrders orders;
    private final Outbox outbox;

    CarrierChoice(StateGuard guard, OperatorSettings settings, CoverOrders orders, Outbox outbox) {
        this.guard = guard;
        this.settings = settings;
        this.orders = orders;
        this.outbox = outbox;
    }

    /**
     * With cover traffic everything that a persona sends uses the carrier of its decoys; a message that was partly sent
     * keeps its carrier.
     */
    @Nullable
    OutgoingMessage byOneCarrier(OutgoingMessage outgoing) throws PartylineException {
        Conversation conversation = guard.conversation(outgoing.membership());
        if (conversation.paysApart()) {
            // It may have been queued before that applied.
            return by(OfferedCarriers.DEFAULT, outgoing);
        }
        String decoys = settings.get().sending().carrier();
        String wanted = outgoing.mustLast() ? OfferedCarriers.DEFAULT : outgoing.carrier();
        boolean covered = !(wanted.equals(decoys) && wanted.equals(outgoing.carrier()))
                && guard.open(() -> guard.transact(tx -> orders.isOn(tx, conversation.persona())));
        return by(covered ? decoys : wanted, outgoing);
    }

    private @Nullable OutgoingMessage by(String carrier, OutgoingMessage outgoing) throws StoreException {
        return outgoing.carrier().equals(carrier)
                ? outgoing
                : outbox.change(
                        outgoing.id(), now -> now.state().isSettled() || now.isPaid() ? now : now.carried(carrier));
    }
}
