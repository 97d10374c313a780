package org.partyline.messages;

import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Recalled;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateGuard;

/** Cancels or recalls messages. */
final class MessageWithdrawals {
    private final StateGuard guard;
    private final Operations operations;
    private final RequiredServices needs;
    private final Outbox outbox;
    private final SendQueue sender;
    private final Recaller recaller;

    MessageWithdrawals(
            StateGuard guard,
            Operations operations,
            RequiredServices needs,
            Outbox outbox,
            SendQueue sender,
            Recaller recaller) {
        this.guard = guard;
        this.operations = operations;
        this.needs = needs;
        this.outbox = outbox;
        this.sender = sender;
        this.recaller = recaller;
    }

    /** Recalls a message that was sent, as far as possible. */
    Recalled recall(long id) throws PartylineException {
        return sender.call(() -> recaller.recall(id));
    }

    /** Cancels a message of which nothing was sent. */
    void cancel(long id) throws PartylineException {
        needs.<PartylineException>with(operations, () -> cancelNow(id));
    }

    private void cancelNow(long id) throws PartylineException {
        OutgoingMessage before = guard.<OutgoingMessage, PartylineException>open(() -> {
            OutgoingMessage now =
                    guard.transact(tx -> OutgoingRecords.find(tx, id)).orElseThrow(() -> MessageReader.noMessage(id));
            if (!now.isWritten()) {
                throw new NoSuchThingException("message " + id
                        + " is sent by a session itself: close the session with partyline:session-close");
            }
            boolean left = guard.transact(tx -> KeptTransactionRecords.mayHaveLeft(tx, now));
            if (now.state().isSettled()) {
                throw new NoSuchThingException(
                        "message " + id + " is " + now.state().word() + " and can no longer be cancelled");
            }
            if (left) {
                throw new NoSuchThingException("message " + id + " can no longer be cancelled, because a node may have"
                        + " it: recall it with partyline:recall " + id);
            }
            outbox.giveUp(id, MessageEvent.RECALLED, "cancelled before it was sent");
            guard.update(tx -> MessageRecords.delete(tx, id));
            return now;
        });
        sender.release(before);
    }
}
