package org.partyline.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTraffic.Covered;
import org.partyline.api.cover.CoverTraffic.Over;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.conversation.CoverConversation;
import org.partyline.engine.kernel.AbsentException;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.mailbox.MessageEvent;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.recognition.PacketIndex;
import org.partyline.engine.scan.PacketId;
import org.partyline.engine.schedule.CoverOrders;
import org.partyline.engine.schedule.StoreCoverTransaction;
import org.partyline.engine.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the slots that cover traffic says, and queues its decoys. What that may not do is refused here, whoever brings it: a decoy has the
 * protocol's form, goes where the persona talks, and leaves in its slot or never; a slot is opened once. While no bundle brings any, messages
 * leave by their delay. Runs on the sender's thread.
 */
public final class CoverRounds {
    /** How long cover traffic that was ordered is away before that is recorded: not while its bundle is updated. */
    private static final Duration AWAY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(CoverRounds.class);

    private final Core core;
    private final Outbox outbox;
    private final PacketSizes sizes;
    private final SlotSchedule slotSchedule;
    private final BooleanSupplier stopping;
    /** The slots that are open in this round. */
    private final Map<Integer, Covered> open = new HashMap<>();
    /** Slots that cover traffic failed to end: it would have them again in each round. */
    private final Map<Integer, Instant> broken = new HashMap<>();
    /** Since when there is none; null while there is. */
    private Instant away;

    private boolean recorded;

    /** @param stopping whether the whole program ends: what is still away then does not come back, and nothing is to leave because of it */
    public CoverRounds(
            Core core, Outbox outbox, PacketSizes sizes, SlotSchedule slotSchedule, BooleanSupplier stopping) {
        this.core = core;
        this.outbox = outbox;
        this.sizes = sizes;
        this.slotSchedule = slotSchedule;
        this.stopping = stopping;
    }

    /**
     * Opens the slots that are due; to be called before a round of the sender.
     *
     * @return when the next slot is
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
            if (covered.network().isEmpty()) {
                continue;
            }
            if (covered.next().isAfter(core.now())) {
                next = earlier(next, covered.next());
            } else if (!covered.next().equals(broken.get(covered.persona()))) {
                slotSchedule.openPoint(covered.persona());
                open.put(covered.persona(), covered);
            }
        }
        return next;
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Instant other) {
        return one.isEmpty() || other.isBefore(one.get()) ? Optional.of(other) : one;
    }

    /** Which personas are covered; empty: that is not known, and all stays as it was. */
    private Optional<List<Covered>> look() throws StoreException {
        if (!core.parts.has(List.of(CoverTraffic.class))) {
            return nobody();
        }
        try {
            List<Covered> covered = List.copyOf(core.cover.look());
            here();
            return Optional.of(covered);
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException | AbsentException e) {
            LOG.debug("no slot is opened: {}", e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            LOG.error(
                    "cover traffic failed: packets that are covered wait until it works, or its bundle is stopped", e);
        }
        return Optional.empty();
    }

    /** No bundle brings cover traffic: nobody is covered, but at the end of the program, where nothing is to leave because of that. */
    private Optional<List<Covered>> nobody() throws StoreException {
        if (stopping.getAsBoolean()) {
            return Optional.empty();
        }
        if (away == null) {
            away = core.now();
        }
        if (!recorded
                && !core.now().isBefore(away.plus(AWAY))
                && !core.open(memory -> core.store.transact(CoverOrders::ordered))
                        .isEmpty()) {
            recorded = true;
            core.audit("cover-away", "cover traffic that was ordered does not run: its bundle is away");
        }
        return Optional.of(List.of());
    }

    private void here() {
        away = null;
        if (recorded) {
            recorded = false;
            core.audit("cover-returned", "cover traffic runs again: its bundle is back");
        }
    }

    /** The budget had no room for a packet after all: nothing else leaves in this slot, were it smaller. */
    void refused(int persona, long fee) throws StoreException {
        slotSchedule.spoilPoint(persona);
        try {
            core.cover.refused(persona, fee);
        } catch (AbsentException e) {
            LOG.debug("nobody is told of a full budget: {}", e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            LOG.error("cover traffic failed", e);
        }
    }

    /** @param decoys to be sent now @param next slot */
    record Due(List<OutgoingMessage> decoys, Optional<Instant> next) {}

    /**
     * Ends the slots; where no message took one, a decoy is queued.
     *
     * @return decoys to be sent now, and the time of the next slot
     */
    Due due() throws StoreException {
        List<OutgoingMessage> decoys = new ArrayList<>();
        Optional<Instant> next = Optional.empty();
        for (Covered slot : open.values()) {
            CoverTraffic.Use use = use(slotSchedule.closePoint(slot.persona()));
            Ended ended;
            try {
                ended = core.open(memory -> core.store.transact(tx -> end(memory, tx, slot, use)));
            } catch (AbsentException e) {
                // There is no cover traffic any more: messages leave by their delay from the next round on.
                LOG.debug("a slot ends with nothing: {}", e.getMessage());
                continue;
            } catch (RuntimeException | LinkageError e) {
                broken.put(slot.persona(), slot.next());
                LOG.error("cover traffic failed to end a slot, which is opened no more", e);
                continue;
            }
            if (ended.next().isPresent()) {
                next = earlier(next, ended.next().get());
            }
            if (ended.decoy().isPresent()) {
                slotSchedule.openPoint(slot.persona());
                decoys.add(ended.decoy().get());
            }
        }
        open.clear();
        return new Due(decoys, next);
    }

    private static CoverTraffic.Use use(SlotSchedule.Use use) {
        return switch (use) {
            case TAKEN -> CoverTraffic.Use.MESSAGE;
            case OPEN -> CoverTraffic.Use.FREE;
            case CLOSED -> CoverTraffic.Use.SPOILT;
        };
    }

    private record Ended(Optional<Instant> next, Optional<OutgoingMessage> decoy) {}

    private Ended end(Unlocked memory, StoreTransaction tx, Covered slot, CoverTraffic.Use use) throws StoreException {
        Over over = core.cover.over(new StoreCoverTransaction(core, tx), slot, use);
        if (over.decoy().isEmpty() || use != CoverTraffic.Use.FREE) {
            return new Ended(over.next(), Optional.empty());
        }
        byte[] packet = over.decoy().get().clone();
        Network network = slot.network().orElseThrow();
        Optional<String> refusal = refuse(memory, tx, slot.persona(), network, packet);
        if (refusal.isPresent()) {
            LOG.error("a decoy is refused, and its slot passes unused: {}", refusal.get());
            return new Ended(over.next(), Optional.empty());
        }
        return new Ended(over.next(), Optional.of(queue(tx, memory, slot.persona(), network, packet)));
    }

    /** Why a packet is no decoy (PROTOCOL 8): it would be seen that it is one, or that it is not of this program. */
    private Optional<String> refuse(Unlocked memory, StoreTransaction tx, int persona, Network network, byte[] packet)
            throws StoreException {
        int most = sizes.maxBucket(network);
        if (!Packets.isCandidate(packet)) {
            return Optional.of("it has not the form of a packet");
        }
        if (packet.length > most || packet.length < CoverOrders.leastSize(core, tx, persona, most)) {
            return Optional.of("no other packet of its persona has " + packet.length + " bytes");
        }
        if (!memory.conversations.networks(persona).contains(network)) {
            return Optional.of("its persona talks to nobody on " + network.label());
        }
        return memory.packets.sent(PacketId.of(network.code(), packet)) == null
                ? Optional.empty()
                : Optional.of("it was sent before");
    }

    private OutgoingMessage queue(StoreTransaction tx, Unlocked memory, int persona, Network network, byte[] packet)
            throws StoreException {
        Instant now = core.now();
        OutgoingMessage decoy = new OutgoingMessage(
                Tables.next(tx, "message"),
                CoverConversation.id(persona, network),
                State.SEALED,
                "",
                now.toEpochMilli(),
                now.plus(Outbox.COVERED_LIFE).toEpochMilli(),
                0,
                false,
                0,
                List.of(OutgoingPart.of(packet)),
                PacketType.DECOY.code(),
                null,
                false,
                now.getEpochSecond(),
                core.settings.get().sending().carrier(),
                false);
        OutgoingRecords.put(tx, decoy);
        memory.packets.addSent(PacketId.of(network.code(), packet), new PacketIndex.Sent(decoy.id(), 0));
        return decoy;
    }

    /**
     * The slots are over. A decoy that could not leave in its own is given up: later it would be one too many, and take a slot from
     * a message.
     */
    void end(List<OutgoingMessage> decoys) throws StoreException {
        for (OutgoingMessage decoy : decoys) {
            core.open(memory -> {
                int persona = memory.conversations.find(decoy.membership()).persona();
                slotSchedule.closePoint(persona);
                Optional<OutgoingMessage> now = core.store.transact(tx -> OutgoingRecords.find(tx, decoy.id()));
                if (now.isPresent() && !now.get().isPaid()) {
                    giveUp(memory, decoy);
                } else {
                    left(persona);
                }
                return null;
            });
        }
    }

    private void left(int persona) throws StoreException {
        try {
            core.store.transact(tx -> {
                core.cover.left(new StoreCoverTransaction(core, tx), persona);
                return null;
            });
        } catch (AbsentException e) {
            LOG.debug("nobody counts a decoy: {}", e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            LOG.error("cover traffic failed to count a decoy", e);
        }
    }

    /**
     * Gives up a decoy whose time is over: one that never left, and one that nodes lost, once there is no cover traffic that it could be
     * part of.
     *
     * @return whether it was one
     */
    boolean drops(OutgoingMessage outgoing) throws StoreException {
        if (outgoing.type() != PacketType.DECOY.code()
                || outgoing.parts().stream().allMatch(part -> part.raw() != null || part.state() != State.SEALED)) {
            return false;
        }
        return core.open(memory -> {
            if (outgoing.isPaid()
                    && slotSchedule.isCovered(
                            memory.conversations.find(outgoing.membership()).persona())) {
                return false;
            }
            giveUp(memory, outgoing);
            return true;
        });
    }

    private void giveUp(Unlocked memory, OutgoingMessage decoy) throws StoreException {
        outbox.giveUp(memory, decoy.id(), MessageEvent.EXPIRED, "it could not leave at its point");
        memory.packets.removeSent(decoy.id());
    }
}
