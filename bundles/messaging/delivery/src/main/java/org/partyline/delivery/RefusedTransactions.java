package org.partyline.delivery;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateGuard;

/** Handles packets whose transactions nodes reject: they are paid for again, or their message fails. */
final class RefusedTransactions {
    private final StateGuard guard;
    private final Operations operations;
    private final RequiredServices sending;
    private final Outbox outbox;
    private final QueueSealer sealer;
    private final UtxoReservations coins;

    RefusedTransactions(
            StateGuard guard,
            Operations operations,
            RequiredServices sending,
            Outbox outbox,
            QueueSealer sealer,
            UtxoReservations coins) {
        this.guard = guard;
        this.operations = operations;
        this.sending = sending;
        this.outbox = outbox;
        this.sealer = sealer;
        this.coins = coins;
    }

    /** Whether a transaction that these files do not have spent the coin of a packet, whose inputs a node lacks. */
    boolean isForgotten(OutgoingMessage outgoing, OutgoingPart part) throws StoreException {
        return coins.isForgotten(outgoing, part);
    }

    /** Fails the whole message. Returns its new state; null if it no longer exists. */
    @Nullable
    OutgoingMessage fail(OutgoingMessage outgoing, int index, String reason) throws StoreException {
        AtomicReference<@Nullable OutgoingMessage> failed = new AtomicReference<>();
        sending.<StoreException>with(operations, () -> {
            guard.perform(() -> failed.set(outbox.giveUp(outgoing.id(), MessageEvent.FAILED, reason)));
            OutgoingMessage now = failed.get();
            // A block may have been faster.
            if (now == null || now.state() != State.CONFIRMED) {
                sealer.abandon(outgoing);
            }
            freeUnlessMoved(outgoing, index, now);
        });
        return failed.get();
    }

    /** Forgets a transaction that no node has, so that the packet gets a new one. */
    void renew(OutgoingMessage outgoing, int index, String reason) throws StoreException {
        OutgoingPart part = outgoing.parts().get(index);
        OutgoingMessage after = outbox.change(
                outgoing.id(),
                now -> now.state().isSettled() || hasMoved(part, now.parts().get(index))
                        ? now
                        : now.with(index, now.parts().get(index).notSent()).because(reason));
        freeUnlessMoved(outgoing, index, after);
    }

    /** Frees the coins of a packet's transaction, unless others have it: then they are spent. */
    private void freeUnlessMoved(OutgoingMessage before, int index, @Nullable OutgoingMessage after)
            throws StoreException {
        OutgoingPart part = before.parts().get(index);
        if (after == null
                || index >= after.parts().size()
                || !hasMoved(part, after.parts().get(index))) {
            coins.free(before, part);
        }
    }

    /** Whether others have a packet that had it not before. */
    private static boolean hasMoved(OutgoingPart before, OutgoingPart now) {
        return now.state().compareTo(State.RELAYED) >= 0 && now.state() != before.state();
    }
}
