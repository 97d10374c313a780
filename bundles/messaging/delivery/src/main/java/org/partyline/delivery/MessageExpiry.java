package org.partyline.delivery;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.state.StateGuard;

/** Ends messages whose time to live has ended. */
final class MessageExpiry {
    /** How long the fate of a message waits for blocks that were not read yet. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    /** Other nodes had it. */
    private static final String UNPROVEN =
            "it was sent, but was in no block when its time to live ended: it may not have been read";
    /** No other node is known to have had it. */
    private static final String UNSEEN =
            "only our own node is known to have had it when its time to live ended: it was probably not read";

    private final StateGuard guard;
    private final Clock clock;
    private final OperatorSettings settings;
    private final Outbox outbox;
    private final QueueSealer sealer;
    private final SlotSchedule slotSchedule;
    private final PropagationTracker propagationTracker;
    private final UtxoReservations coins;

    MessageExpiry(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            Outbox outbox,
            QueueSealer sealer,
            SlotSchedule slotSchedule,
            PropagationTracker propagationTracker,
            UtxoReservations coins) {
        this.guard = guard;
        this.clock = clock;
        this.settings = settings;
        this.outbox = outbox;
        this.sealer = sealer;
        this.slotSchedule = slotSchedule;
        this.propagationTracker = propagationTracker;
        this.coins = coins;
    }

    /**
     * Ends a message whose time is over.
     *
     * @param caughtUp whether the latest blocks of a network were read
     * @return whether it has left completely, and must be recalled now
     */
    boolean expire(OutgoingMessage outgoing, Predicate<Network> caughtUp) throws PartylineException {
        long behind = outgoing.parts().stream().filter(part -> !part.isOut()).count();
        int all = outgoing.parts().size();
        if (all > 0 && behind == 0) {
            rest(outgoing);
            // All of it has left: its time is over, and nothing more is done unless it must be recalled. Not if it left
            // with cover traffic: a recall would distinguish a message from a decoy.
            if (settings.get().sending().recallsExpired()
                    && outgoing.isText()
                    && !slotSchedule.isCovered(
                            guard.conversation(outgoing.membership()).persona())
                    && !propagationTracker.way(outgoing).covered()) {
                return true;
            }
            end(outgoing, caughtUp);
            return false;
        }
        String reason = behind == all
                ? OutgoingMessage.NOT_SENT
                : "its time to live ended when " + (all - behind) + " of " + all + " packets had been sent";
        guard.perform(() -> outbox.giveUp(outgoing.id(), MessageEvent.EXPIRED, reason));
        sealer.abandon(outgoing);
        coins.releaseExpired(outgoing);
        return false;
    }

    /**
     * Tells its sender that no block has a message of a person whose time is over, unless a receipt came for it; the
     * session of an answer ends.
     */
    private void end(OutgoingMessage outgoing, Predicate<Network> caughtUp) throws PartylineException {
        boolean awaited = outgoing.isAwaited();
        if (!outgoing.isWritten() && !awaited
                || propagationTracker.way(outgoing).delivered()) {
            return;
        }
        long now = clock.instant().toEpochMilli();
        // A session that was ended does not come back if its answer is found in a block later.
        if ((awaited || now < outgoing.ends() + PATIENCE.toMillis())
                && !caughtUp.test(guard.conversation(outgoing.membership()).network())) {
            return;
        }
        long shown = now + settings.get().sending().defaultTtl().toMillis();
        OutgoingMessage after = outbox.change(
                outgoing.id(),
                last -> last.state().isSettled() || !last.isOut() || now < last.ends()
                        ? last
                        : last.ended(MessageEvent.EXPIRED, last.state() == State.SENT ? UNSEEN : UNPROVEN)
                                .expiring(awaited ? last.expires() : Math.max(last.expires(), shown)));
        if (awaited && after != null && after.state() == State.EXPIRED) {
            sealer.abandon(after);
        }
    }

    /**
     * Whether a message's time has ended but it is still handed over: its block was disconnected, and our transactions
     * may depend on it.
     */
    boolean isLookedAfter(OutgoingMessage outgoing) throws StoreException {
        return outgoing.isOut()
                && clock.instant().toEpochMilli()
                        < propagationTracker.way(outgoing).unsettled();
    }

    /** Whether it left with cover traffic. */
    boolean isCovered(OutgoingMessage outgoing) throws StoreException {
        return propagationTracker.way(outgoing).covered();
    }

    /** Called when all of a message has left: packets that would have to be sent again are not. */
    void rest(OutgoingMessage outgoing) throws StoreException {
        outbox.change(outgoing.id(), now -> {
            if (now.state().isSettled() || now.ridesAgain().isEmpty()) {
                return now;
            }
            return now.with(now.parts().stream()
                    .map(part -> part.ridesAgain() ? part.on(PacketEvent.RETIRED) : part)
                    .toList());
        });
    }
}
