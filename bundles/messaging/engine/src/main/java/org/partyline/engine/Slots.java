package org.partyline.engine;

import java.time.Instant;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;
import org.partyline.engine.fees.Spending;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.schedule.SendSchedule;

/** Lets packets leave when they may: at once, after a delay, or in a slot of cover traffic, which one packet takes. */
final class Slots {
    private final Core core;
    private final SendSchedule sendSchedule;
    private final CoverRunner cover;

    Slots(Core core, SendSchedule sendSchedule, CoverRunner cover) {
        this.core = core;
        this.sendSchedule = sendSchedule;
        this.cover = cover;
    }

    /** A step that a packet takes when it may leave. */
    @FunctionalInterface
    interface Step {
        /** @return the message after it; null when it is gone */
        OutgoingMessage take() throws PartylineException;
    }

    /**
     * Lets a packet leave, at its time. One that fails to leaves its point to another.
     *
     * @throws SendSchedule.Later when its time is still to come
     */
    OutgoingMessage at(OutgoingMessage outgoing, int index, Network network, Step step) throws PartylineException {
        int persona = core.conversation(outgoing.membership()).persona();
        OutgoingPart part = outgoing.parts().get(index);
        // What a block left out goes at once: who sees the block knows when. At a point it would make messages wait, so
        // that what comes after it is one more often than else.
        boolean atPoint = !(part.ridesAgain() && sendSchedule.isCovered(persona, network))
                && sendSchedule.take(persona, network, Instant.ofEpochMilli(part.leaves()));
        boolean gone = false;
        try {
            OutgoingMessage after = step.take();
            gone = after != null && after.parts().get(index).raw() != null;
            return after;
        } catch (Spending.BudgetSpent e) {
            cover.refused(persona, e.fee());
            throw e;
        } finally {
            if (atPoint && !gone && !isPaid(outgoing.id(), index)) {
                sendSchedule.giveBack(persona);
            }
        }
    }

    private Optional<OutgoingMessage> find(long id) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> Outbox.find(tx, id)));
    }

    private boolean isPaid(long id, int index) throws StoreException {
        return find(id).filter(now ->
                        now.parts().size() > index && now.parts().get(index).raw() != null)
                .isPresent();
    }
}
