package org.partyline.delivery;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Advances one message as far as possible: seals it, sends its packets, or ends it. */
final class MessageSteps {
    private static final Logger LOG = LoggerFactory.getLogger(MessageSteps.class);

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final SendNeeds needs;
    private final Outbox outbox;
    private final SealTiming seals;
    private final ChainRiders riders;
    private final MessageExpiry expiry;
    private final Dispatcher dispatcher;

    MessageSteps(
            StateGuard guard,
            Clock clock,
            SendNeeds needs,
            Outbox outbox,
            SealTiming seals,
            ChainRiders riders,
            MessageExpiry expiry,
            Dispatcher dispatcher) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.needs = needs;
        this.outbox = outbox;
        this.seals = seals;
        this.riders = riders;
        this.expiry = expiry;
        this.dispatcher = dispatcher;
    }

    /** The round in which a message is advanced. */
    interface Round {
        boolean isStopped();

        /** Requests another round. */
        void kick();

        /** Recalls a message. */
        void takeBack(OutgoingMessage outgoing) throws StoreException;
    }

    /** All stored messages. */
    List<OutgoingMessage> all() throws StoreException {
        List<OutgoingMessage> all = guard.open(() -> guard.transact(OutgoingRecords::all));
        try {
            return riders.settle(all);
        } catch (AbsentException e) {
            LOG.debug("the state of chain openers is stored later: {}", e.reason());
            return all;
        }
    }

    /**
     * Whether others wait for a message that still has packets that no node has accepted. They do not while it is on
     * hold because they may be what it waits for, or because the rest of it costs more than was approved.
     */
    boolean isBehind(long id) throws StoreException {
        return guard.open(() -> guard.transact(tx -> {
            Optional<OutgoingMessage> now = OutgoingRecords.find(tx, id);
            return now.isPresent()
                    && !now.get().state().isSettled()
                    && !now.get().isOut()
                    && !now.get().isTooDear()
                    && !SessionState.holds(
                            tx, people.conversations.find(now.get().membership()), now.get());
        }));
    }

    /** Advances a message. @return whether everything possible was done for now */
    boolean advance(OutgoingMessage stored, Round round) throws PartylineException {
        OutgoingMessage outgoing = stored;
        if (clock.instant().toEpochMilli() >= outgoing.ends() && !expiry.isLookedAfter(outgoing)) {
            // Nodes are asked for it, its coins are freed, and it may end a session.
            needs.expiring().<PartylineException>with(needs.operations(), () -> {
                if (expiry.expire(stored, needs.caughtUp())) {
                    round.takeBack(stored);
                }
            });
            return false;
        }
        if (!outgoing.isOut()) {
            // Even if a due step could be taken without these: nothing is half sent.
            needs.sending().require();
        }
        if (outgoing.state() == State.QUEUED) {
            seals.awaitClock(outgoing);
            seals.awaitPoint(outgoing);
            outgoing = seals.seal(outgoing);
            if (outgoing == null) {
                return false;
            }
            notify(outgoing);
        } else if (outgoing.state() == State.SEALED && seals.isStale(outgoing)) {
            if (!outgoing.isOut()) {
                needs.sending().<StoreException>with(needs.operations(), () -> {
                    if (seals.renew(stored)) {
                        round.kick();
                    }
                });
                return false;
            }
            // Useless for readers by now; but a decoy does not know that either.
            if (!expiry.isCovered(outgoing)) {
                expiry.rest(outgoing);
                return false;
            }
        } else if (outgoing.state() == State.SEALED && seals.isOfTheFuture(outgoing)) {
            seals.again(outgoing, "this machine's clock was fast: it is sealed again with the current time");
            round.kick();
            return false;
        } else if (outgoing.state() == State.SEALED && riders.isCutOff(outgoing)) {
            seals.again(
                    outgoing, "the message that opened its chain of keys is lost: it is sealed again on a new chain");
            round.kick();
            return false;
        } else if (outgoing.state() == State.SEALED && seals.isTooSmall(outgoing)) {
            seals.again(outgoing, "it is sealed again: with cover traffic, small packets are not used");
            round.kick();
            return false;
        }
        for (int i = 0; i < outgoing.parts().size() && !round.isStopped(); i++) {
            outgoing = dispatcher.move(outgoing, i);
            if (outgoing == null || outgoing.state().isSettled()) {
                return false;
            }
        }
        Optional<String> missing = dispatcher.missing(outgoing);
        if (missing.isPresent()) {
            waits(outgoing, missing.get());
        } else if (outgoing.waitsNoMore() != outgoing) {
            outbox.change(outgoing.id(), OutgoingMessage::waitsNoMore);
        }
        return true;
    }

    private void notify(OutgoingMessage outgoing) throws StoreException {
        guard.perform(() -> {
            outbox.notify(outgoing);
        });
    }

    /**
     * Records what a message waits for. @param tried its previous state; if it has advanced since, it no longer waits
     */
    void waits(OutgoingMessage tried, Exception why) throws StoreException {
        boolean onHold = why instanceof WaitsException waits && waits.isOnHold();
        waits(tried, AbsentException.reason(why), onHold);
    }

    /** The same for a reason that is not a person's decision. */
    void waits(OutgoingMessage tried, String reason) throws StoreException {
        waits(tried, reason, false);
    }

    private void waits(OutgoingMessage tried, String reason, boolean onHold) throws StoreException {
        try {
            outbox.change(tried.id(), now -> {
                boolean moved = now.state().isSettled()
                        || now.state().compareTo(State.SEALED) > 0 && now.state() != tried.state();
                if (moved || now.reason().equals(reason) && now.held() == onHold) {
                    return now;
                }
                return onHold ? now.onHold(reason) : now.because(reason);
            });
        } catch (AbsentException e) {
            LOG.debug("a message's reason for waiting is stored later: {}", e.reason());
        }
    }
}
