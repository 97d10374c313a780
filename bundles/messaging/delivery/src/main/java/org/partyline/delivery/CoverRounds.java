package org.partyline.delivery;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTraffic.Covered;
import org.partyline.api.cover.CoverTraffic.Over;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.CoverConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the slots of cover traffic, and queues its decoys. It enforces the rules for any bundle's cover traffic: a
 * decoy has the protocol's form, is on a network where the persona talks, and leaves in its slot or never; a slot is
 * opened once. Without cover traffic, messages leave after their random delay. Runs on the sender's thread.
 */
public final class CoverRounds {
    private static final Logger LOG = LoggerFactory.getLogger(CoverRounds.class);

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final CoverTraffic cover;
    private final CoverOrders orders;
    private final CoverAbsence absence;
    private final Decoys decoys;
    private final CoverCargo cargo;
    private final SlotSchedule slotSchedule;
    /** The slots that are open in this round. */
    private final Map<Integer, Covered> open = new HashMap<>();
    /** Slots that cover traffic failed to end, and would return in each round. */
    private final Map<Integer, Instant> broken = new HashMap<>();

    CoverRounds(
            StateGuard guard,
            Clock clock,
            CoverTraffic cover,
            CoverOrders orders,
            CoverAbsence absence,
            Decoys decoys,
            CoverCargo cargo,
            SlotSchedule slotSchedule) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.cover = cover;
        this.orders = orders;
        this.absence = absence;
        this.decoys = decoys;
        this.cargo = cargo;
        this.slotSchedule = slotSchedule;
    }

    /**
     * Opens the slots that are due; call it before a round of the sender.
     *
     * @return the time of the next slot
     */
    Optional<Instant> before() throws StoreException {
        open.clear();
        Optional<List<Covered>> known = look();
        if (known.isEmpty()) {
            return Optional.empty();
        }
        slotSchedule.uncoverAllBut(known.get().stream().map(Covered::persona).collect(Collectors.toSet()));
        Optional<Instant> next = Optional.empty();
        for (Covered covered : known.get()) {
            slotSchedule.cover(covered.persona(), covered.network());
            if (covered.network().isEmpty() || isCopy(covered.persona())) {
                continue;
            }
            if (covered.next().isAfter(clock.instant())) {
                next = earlier(next, covered.next());
            } else if (!covered.next().equals(broken.get(covered.persona()))) {
                slotSchedule.openPoint(covered.persona());
                open.put(covered.persona(), covered);
            }
        }
        return next;
    }

    /** Whether a persona only reads, because its original is in use elsewhere. */
    private boolean isCopy(int persona) throws StoreException {
        return guard.<Boolean, StoreException>open(() -> people.personas.isCopy(persona));
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Instant other) {
        return one.isEmpty() || other.isBefore(one.get()) ? Optional.of(other) : one;
    }

    /** The covered personas; empty: unknown, and everything stays as it was. */
    private Optional<List<Covered>> look() throws StoreException {
        if (absence.isAway()) {
            return absence.nobody();
        }
        try {
            List<Covered> covered = List.copyOf(cover.look());
            absence.over();
            return Optional.of(covered);
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException | AbsentException e) {
            LOG.debug("no slot is opened: {}", AbsentException.reason(e));
        } catch (RuntimeException | LinkageError e) {
            LOG.error(
                    "cover traffic failed: covered packets wait until it works again or its bundle is stopped ({})",
                    Faults.reason(e));
        }
        return Optional.empty();
    }

    /**
     * Called when the budget had no room for a packet after all: nothing else leaves in this slot, even if it is
     * smaller.
     */
    void refused(int persona, long fee) throws StoreException {
        slotSchedule.spoilPoint(persona);
        try {
            cover.refused(persona, fee);
        } catch (AbsentException e) {
            LOG.debug("a full budget could not be reported: {}", e.reason());
        } catch (RuntimeException | LinkageError e) {
            LOG.error("cover traffic failed ({})", Faults.reason(e));
        }
    }

    /**
     * The decoys to send now, and the next slot.
     *
     * @param decoys to be sent now @param next the next slot
     */
    record Due(List<OutgoingMessage> decoys, Optional<Instant> next) {}

    /**
     * Ends the slots; if no message used one, a decoy is queued.
     *
     * @return decoys to be sent now, and the time of the next slot
     */
    Due due() throws StoreException {
        List<OutgoingMessage> queued = new ArrayList<>();
        Optional<Instant> next = Optional.empty();
        for (Covered slot : open.values()) {
            CoverTraffic.Use use = use(slotSchedule.closePoint(slot.persona()));
            Ended ended;
            try {
                ended = guard.open(() -> end(slot, use));
            } catch (AbsentException e) {
                // There is no cover traffic any more: messages leave after their random delay from the next round on.
                LOG.debug("a slot ends unused: {}", e.reason());
                continue;
            } catch (RuntimeException | LinkageError e) {
                broken.put(slot.persona(), slot.next());
                LOG.error("cover traffic failed to close a slot; it is not opened again ({})", Faults.reason(e));
                continue;
            }
            if (ended.next().isPresent()) {
                next = earlier(next, ended.next().get());
            }
            if (ended.decoy().isPresent()) {
                slotSchedule.openPoint(slot.persona());
                queued.add(ended.decoy().get());
            }
        }
        open.clear();
        return new Due(queued, next);
    }

    private static CoverTraffic.Use use(SlotSchedule.Use use) {
        return switch (use) {
            case TAKEN -> CoverTraffic.Use.MESSAGE;
            case OPEN -> CoverTraffic.Use.FREE;
            case CLOSED -> CoverTraffic.Use.SPOILT;
        };
    }

    private record Ended(Optional<Instant> next, Optional<OutgoingMessage> decoy) {}

    /** Ends a slot; a failing packet instead of a decoy must not leave it unused. */
    private Ended end(Covered slot, CoverTraffic.Use use) throws StoreException {
        if (use == CoverTraffic.Use.FREE && slot.network().isPresent()) {
            try {
                return end(slot, use, true);
            } catch (CargoFailed e) {
                LOG.debug("a decoy is sent instead of the packet planned for its slot: {}", e.getMessage());
            }
        }
        return end(slot, use, false);
    }

    private Ended end(Covered slot, CoverTraffic.Use use, boolean loaded) throws StoreException {
        try (AfterCommit after = new AfterCommit()) {
            Ended ended = guard.transact(tx -> end(tx, after, slot, use, loaded));
            after.commit();
            return ended;
        }
    }

    /** The transaction of a slot is rolled back, and the slot is used for a decoy instead. */
    private static final class CargoFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CargoFailed(Throwable cause) {
            super(Faults.reason(cause), cause);
        }
    }

    private Ended end(StoreTransaction tx, AfterCommit after, Covered slot, CoverTraffic.Use use, boolean loaded)
            throws StoreException {
        Over over = cover.over(orders.transaction(tx), slot, use);
        if (over.decoy().isEmpty() || use != CoverTraffic.Use.FREE) {
            return new Ended(over.next(), Optional.empty());
        }
        byte[] packet = over.decoy().get().clone();
        int persona = slot.persona();
        Network network = slot.network().orElseThrow();
        Optional<String> refusal = decoys.refuse(tx, persona, network, packet);
        if (refusal.isPresent()) {
            LOG.error("a decoy was rejected, and its slot stays unused: {}", refusal.get());
            return new Ended(over.next(), Optional.empty());
        }
        Optional<OutgoingMessage> loadedDecoy =
                loaded ? load(tx, after, persona, network, packet.length) : Optional.empty();
        return new Ended(
                over.next(),
                Optional.of(
                        loadedDecoy.isPresent()
                                ? loadedDecoy.get()
                                : decoys.queue(tx, after, persona, network, packet)));
    }

    private Optional<OutgoingMessage> load(
            StoreTransaction tx, AfterCommit after, int persona, Network network, int size) throws StoreException {
        try {
            return cargo.take(tx, after, persona, network, size);
        } catch (MessageWaitsException | AbsentException e) {
            throw new CargoFailed(e);
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            LOG.error("a packet planned in place of a decoy waits: {}", Faults.reason(e));
            throw new CargoFailed(e);
        }
    }

    /**
     * Called when the slots are over. A decoy that could not leave in its own is dropped: later it would be an extra
     * one, and take a slot from a message.
     */
    void end(List<OutgoingMessage> queued) throws StoreException {
        for (OutgoingMessage decoy : queued) {
            guard.perform(() -> {
                int persona = CoverConversation.of(decoy.membership()).persona();
                slotSchedule.closePoint(persona);
                Optional<OutgoingMessage> now = guard.transact(tx -> OutgoingRecords.find(tx, decoy.id()));
                if (now.isPresent() && !now.get().isPaid()) {
                    decoys.giveUp(decoy);
                } else {
                    left(persona);
                }
            });
        }
    }

    private void left(int persona) throws StoreException {
        try {
            guard.update(tx -> cover.left(orders.transaction(tx), persona));
        } catch (AbsentException e) {
            LOG.debug("a decoy could not be counted: {}", e.reason());
        } catch (RuntimeException | LinkageError e) {
            LOG.error("cover traffic failed to count a decoy ({})", Faults.reason(e));
        }
    }

    /** Drops a decoy whose time is over: see {@link Decoys#drops}. */
    boolean drops(OutgoingMessage outgoing) throws StoreException {
        return decoys.drops(outgoing);
    }
}
