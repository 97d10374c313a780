package org.partyline.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.state.Meter;
import org.partyline.messaging.state.StateGuard;

/** Lets packets leave: at once, after a delay, or in a slot of cover traffic, which one packet uses. */
public final class Slots {
    private final StateGuard guard;
    private final Clock clock;
    private final Meter meter;
    private final Outbox outbox;
    private final SlotSchedule slotSchedule;
    private final CoverRounds cover;
    /** The slot of the packet that is leaving, by thread. */
    private final ThreadLocal<Slot> current = new ThreadLocal<>();

    /** The permission for a packet to leave. */
    private static final class Slot {
        final PacketRef packet;
        final boolean covered;
        /** Whether it is used up, whatever happens to the packet. */
        boolean used;
        /** The record stored when it was paid for; null: it was not, or its first broadcast has begun. */
        @Nullable
        OutgoingMessage paid;

        Slot(PacketRef packet, boolean covered) {
            this.packet = packet;
            this.covered = covered;
        }
    }

    public Slots(
            StateGuard guard, Clock clock, Meter meter, Outbox outbox, SlotSchedule slotSchedule, CoverRounds cover) {
        this.guard = guard;
        this.clock = clock;
        this.meter = meter;
        this.outbox = outbox;
        this.slotSchedule = slotSchedule;
        this.cover = cover;
    }

    /** A step of a packet that may leave. */
    @FunctionalInterface
    interface Step {
        void take() throws PartylineException;
    }

    /**
     * Lets a packet leave when it is due. If it fails, another one may use its point.
     *
     * @throws SlotSchedule.Later if it is not due yet
     */
    void at(OutgoingMessage outgoing, int index, Network network, Step step) throws PartylineException {
        int persona = guard.conversation(outgoing.membership()).persona();
        OutgoingPart part = outgoing.parts().get(index);
        // A packet that a block left out is sent at once: an observer of the block knows the time. If it used a point,
        // messages would wait, so that packets afterwards would more often be messages than usual.
        boolean atPoint = !(part.ridesAgain() && slotSchedule.isCovered(persona, network))
                && slotSchedule.take(persona, network, Instant.ofEpochMilli(part.leaves()));
        Slot slot = new Slot(new PacketRef(outgoing.id(), index), slotSchedule.isCovered(persona, network));
        current.set(slot);
        try {
            step.take();
            if (part.leaves() != 0) {
                meter.departed(Duration.between(Instant.ofEpochMilli(part.leaves()), clock.instant()));
            }
        } catch (Spending.BudgetSpent e) {
            cover.refused(persona, e.fee());
            throw e;
        } finally {
            current.remove();
            if (atPoint && !slot.used && !isPaid(outgoing.id(), index)) {
                slotSchedule.giveBack(persona);
            }
        }
    }

    /**
     * Draws the earliest time at which a packet may leave, once, unless the clock was set back since; not while points
     * decide: otherwise all would leave at once when these end.
     */
    @Nullable
    OutgoingMessage draw(OutgoingMessage outgoing, int index, Network network) throws PartylineException {
        if (outgoing == null
                || outgoing.parts().get(index).leaves() != 0
                        && !slotSchedule.isTooLate(
                                network,
                                Instant.ofEpochMilli(outgoing.parts().get(index).leaves()))
                || slotSchedule.isCovered(
                        guard.conversation(outgoing.membership()).persona(), network)) {
            return outgoing;
        }
        Duration delay = slotSchedule.delay(network);
        if (delay.isZero()) {
            // There is nothing to remember.
            return outgoing;
        }
        long leaves = clock.instant().plus(delay).toEpochMilli();
        return outbox.changePart(outgoing.id(), index, part -> part.leaving(leaves));
    }

    /** Called when the packet with the slot was paid for: the slot is used up, whatever happens to the packet. */
    void use() {
        Slot slot = current.get();
        if (slot != null) {
            slot.used = true;
        }
    }

    /** The same, with its stored record. */
    void use(Optional<OutgoingMessage> paid) {
        use();
        Slot slot = current.get();
        if (slot != null) {
            slot.paid = paid.orElse(null);
        }
    }

    /** The record stored when a packet was paid for in this slot, once; empty: it must be read. */
    Optional<OutgoingMessage> paid(PacketRef packet) {
        Slot slot = current.get();
        if (slot == null || slot.paid == null || !slot.packet.equals(packet)) {
            return Optional.empty();
        }
        OutgoingMessage paid = slot.paid;
        slot.paid = null;
        return Optional.of(paid);
    }

    /**
     * Refuses the first payment for packets without a slot: they would leave at a time at which nothing else does.
     *
     * @throws IllegalStateException if a carrier attempts that: it is a defect
     */
    void requireFor(Set<PacketRef> boarding) {
        Slot slot = current.get();
        if (boarding.isEmpty()) {
            return;
        }
        if (slot == null || !boarding.contains(slot.packet)) {
            throw new IllegalStateException("a packet that may not leave now would be funded");
        }
        if (slot.covered && boarding.size() > 1) {
            throw new IllegalStateException("several packets would leave in one slot of the cover traffic");
        }
    }

    private Optional<OutgoingMessage> find(long id) throws StoreException {
        return guard.open(() -> guard.transact(tx -> OutgoingRecords.find(tx, id)));
    }

    private boolean isPaid(long id, int index) throws StoreException {
        return find(id).filter(now ->
                        now.parts().size() > index && now.parts().get(index).raw() != null)
                .isPresent();
    }
}
