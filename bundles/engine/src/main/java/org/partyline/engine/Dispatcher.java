package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;

/**
 * Moves one packet on: at its time it is paid for by a transaction of its own, or rides in a rolling one, and is handed to a node; then it
 * is followed until it stands in a block.
 */
final class Dispatcher {
    /** How often nodes are asked for a version of a roll whose block is gone: the next block may have another version. */
    private static final Duration UNCERTAIN = Duration.ofSeconds(20);

    private final Core core;
    private final Outbox outbox;
    private final Travel travel;
    private final Departures departures;
    private final Roller roller;
    private final Rolls rolls;
    private final CoverRunner cover;
    private final PacketPayment payment;
    private final Handover handover;
    private final Predicate<Network> caughtUp;

    /** @param caughtUp whether the blocks of a network have been read up to its tip */
    Dispatcher(
            Core core,
            Outbox outbox,
            Travel travel,
            Departures departures,
            Roller roller,
            Rolls rolls,
            CoverRunner cover,
            PacketPayment payment,
            Handover handover,
            Predicate<Network> caughtUp) {
        this.core = core;
        this.outbox = outbox;
        this.travel = travel;
        this.departures = departures;
        this.roller = roller;
        this.rolls = rolls;
        this.cover = cover;
        this.payment = payment;
        this.handover = handover;
        this.caughtUp = caughtUp;
    }

    /** Moves one packet on as far as it goes; null when the message is gone. */
    OutgoingMessage move(OutgoingMessage outgoing, int index) throws PartylineException {
        OutgoingPart part = outgoing.parts().get(index);
        if (part.state().ordinal() >= State.CONFIRMED.ordinal()) {
            return outgoing;
        }
        if (part.state() != State.SEALED) {
            boolean rides = outgoing.rolling() && rolls.carries(outgoing.id(), index);
            return rides ? outgoing : follow(outgoing, index);
        }
        Network network = core.conversation(outgoing.membership()).network();
        if (part.ridesAgain()
                && outgoing.rolling()
                && roller.takesAlong(
                        core.conversation(outgoing.membership()).persona(), network, core.nodes.ready(network))) {
            return outgoing;
        }
        return handOver(outgoing, index, network);
    }

    /** Looks how far a transaction that a node took has come, and hands it over again when it does not appear. */
    private OutgoingMessage follow(OutgoingMessage outgoing, int index) throws PartylineException {
        OutgoingPart part = outgoing.parts().get(index);
        Optional<Network> network = core.open(memory ->
                Optional.ofNullable(memory.conversation(outgoing.membership())).map(Conversation::network));
        if (network.isEmpty()) {
            return outgoing;
        }
        Trace trace = part.state() == State.SEEN ? Trace.NOTHING : travel.trace(part);
        if (outgoing.rolling() && !caughtUp.test(network.get())) {
            // It may stand in a block that was not read yet.
            return outgoing;
        }
        if (part.state() == State.BROADCAST && travel.reached(network.get(), part, trace) == State.SEEN) {
            return outbox.change(outgoing.id(), now -> Outbox.raise(now, index, State.SEEN));
        }
        boolean due = outgoing.rolling()
                ? core.now().isAfter(Instant.ofEpochMilli(part.tried()).plus(UNCERTAIN))
                : travel.isDue(network.get(), part, trace);
        if (!due) {
            return outgoing;
        }
        Optional<Travel.Found> found = travel.find(network.get(), part, trace, part.state() == State.BROADCAST);
        if (found.isEmpty()) {
            if (part.state() == State.BROADCAST) {
                travel.overdue(network.get(), part, trace);
            }
            return outgoing.rolling() ? boardAgain(outgoing, index) : handOver(outgoing, index, network.get());
        }
        travel.found(outgoing, part, found.get());
        if (found.get().state() == State.CONFIRMED) {
            outbox.recordBlock(outgoing.id(), found.get().place().block().orElseThrow());
        }
        return outbox.change(outgoing.id(), now -> {
            OutgoingPart asked = now.parts().get(index);
            OutgoingMessage touched =
                    now.with(index, asked.attempt(asked.node(), core.now().toEpochMilli()));
            return Outbox.raise(touched, index, found.get().state());
        });
    }

    /**
     * The version of a rolling transaction that carried a packet was mined, its block is gone, and no node has it any more: another
     * version may stand in the new chain, without this packet.
     */
    private OutgoingMessage boardAgain(OutgoingMessage outgoing, int index) throws StoreException {
        if (core.now().toEpochMilli() >= outgoing.expires()) {
            return outgoing;
        }
        return outbox.change(outgoing.id(), now -> {
            OutgoingPart part = now.parts().get(index);
            // What boarded in this round may have taken its place since it was read.
            return part.state() != State.BROADCAST && part.state() != State.SEEN
                    ? now
                    : now.with(index, part.unsigned())
                            .with(
                                    State.SEALED,
                                    "its block is gone, and its rolling transaction with it: it rides again");
        });
    }

    private OutgoingMessage handOver(OutgoingMessage outgoing, int index, Network network) throws PartylineException {
        OutgoingPart part = outgoing.parts().get(index);
        List<Transport> nodes = travel.order(network, outgoing, part);
        if (nodes.isEmpty()) {
            throw new WaitsException(
                    "it waits for a node of " + network.label() + " that is ready (partyline:node-list)");
        }
        OutgoingMessage current = outgoing;
        if (part.raw() == null) {
            payment.requireAccepted(network);
            current = ready(byOneCarrier(outgoing), index, network);
            if (current == null || current.state().isFinal()) {
                return current;
            }
            if (current.rolling()) {
                return board(current, index, network, nodes);
            }
            OutgoingMessage leaving = current;
            current = atItsTime(current, index, network, () -> payment.sign(leaving, index, nodes));
            if (current == null || current.state().isFinal()) {
                return current;
            }
            return handover.hand(
                    current, index, Payers.first(current.parts().get(index).wallet(), nodes));
        } else if (outgoing.rolling()) {
            throw new WaitsException("its rolling transaction waits for a node that takes it");
        }
        return handover.hand(current, index, nodes);
    }

    /** A step that a packet takes when it may leave. */
    @FunctionalInterface
    private interface Step {
        /** @return the message after it; null when it is gone */
        OutgoingMessage take() throws PartylineException;
    }

    /**
     * Lets a packet leave, at its time. One that fails to leaves its point to another.
     *
     * @throws Departures.Later when its time is still to come
     */
    private OutgoingMessage atItsTime(OutgoingMessage outgoing, int index, Network network, Step step)
            throws PartylineException {
        int persona = core.conversation(outgoing.membership()).persona();
        OutgoingPart part = outgoing.parts().get(index);
        // What a block left out goes at once: who sees the block knows when. At a point it would make messages wait, so
        // that what comes after it is one more often than else.
        boolean atPoint = !(part.ridesAgain() && departures.isCovered(persona, network))
                && departures.take(persona, network, Instant.ofEpochMilli(part.leaves()));
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
                departures.giveBack(persona);
            }
        }
    }

    /** With cover traffic all that a persona sends goes by the carrier of its decoys; what has begun to leave goes on as it began. */
    private OutgoingMessage byOneCarrier(OutgoingMessage outgoing) throws PartylineException {
        if (core.conversation(outgoing.membership()).paysApart()) {
            // It may have been queued before it was so.
            return outgoing.rolling()
                    ? outbox.change(
                            outgoing.id(), now -> now.state().isFinal() || now.isPaid() ? now : now.carried(false))
                    : outgoing;
        }
        boolean rolls = core.settings.get().rolling();
        if (outgoing.rolling() == rolls || outgoing.isPaid()) {
            return outgoing;
        }
        int persona = core.conversation(outgoing.membership()).persona();
        boolean covered = core.open(memory -> core.store.transact(tx -> CoverRunner.isOn(tx, persona)));
        return covered
                ? outbox.change(outgoing.id(), now -> now.state().isFinal() || now.isPaid() ? now : now.carried(rolls))
                : outgoing;
    }

    /** Draws when a packet may leave at the earliest, once; not while points decide that: when they end, not all is to leave at once. */
    private OutgoingMessage ready(OutgoingMessage outgoing, int index, Network network) throws PartylineException {
        if (outgoing == null
                || outgoing.parts().get(index).leaves() != 0
                || departures.isCovered(core.conversation(outgoing.membership()).persona(), network)) {
            return outgoing;
        }
        long leaves = core.now().plus(departures.delay(network)).toEpochMilli();
        return outbox.changePart(outgoing.id(), index, part -> part.leaving(leaves));
    }

    /** Lets a packet, and those of the same message behind it, ride in the next version of the rolling transaction. */
    private OutgoingMessage board(OutgoingMessage outgoing, int index, Network network, List<Transport> nodes)
            throws PartylineException {
        int persona = core.conversation(outgoing.membership()).persona();
        roller.awaitTurn(persona, network);
        // Under cover traffic one packet goes at a point, and none rides on for longer than others: decoys open no
        // chains.
        boolean covered = departures.isCovered(persona, network);
        List<Ride> boarding = new ArrayList<>();
        for (int i = index; i < outgoing.parts().size(); i++) {
            OutgoingPart part = outgoing.parts().get(i);
            if (part.state() == State.SEALED && part.raw() == null && (i == index || !covered)) {
                boolean opener = i == 0 && outgoing.opens() && !covered;
                boarding.add(new Ride(outgoing.id(), i, part.packet(), opener));
            }
        }
        return atItsTime(outgoing, index, network, () -> {
            boolean running = rolls.isRunning(persona, network);
            try {
                roller.roll(persona, network, boarding, nodes);
            } catch (WaitsException e) {
                if (!running || rolls.isRunning(persona, network)) {
                    throw e;
                }
                // That roll is over: at once with another coin, or a point would pass unused where nothing else waits.
                roller.roll(persona, network, boarding, nodes);
            }
            return find(outgoing.id()).orElse(null);
        });
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
