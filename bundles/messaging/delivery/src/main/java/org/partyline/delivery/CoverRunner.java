package org.partyline.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.Timing;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.engine.conversation.CoverConversation;
import org.partyline.engine.delivery.CarrierViews;
import org.partyline.engine.fees.Pricing;
import org.partyline.engine.fees.Spending;
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
import org.partyline.engine.schedule.CoverPlan;
import org.partyline.engine.schedule.CoverPlans;
import org.partyline.engine.schedule.PersonaNetworks;
import org.partyline.engine.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cover traffic as in Loopix: packets leave at the points of a Poisson process. At each point the next message that waits goes,
 * and where none waits, a decoy: real traffic takes the place of decoys and adds nothing. Runs on the sender's thread.
 */
public final class CoverRunner {
    /** How long a budget that had no room for a packet is taken for spent: fees may fall. */
    private static final Duration FULL = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(CoverRunner.class);

    private final Core core;
    private final Outbox outbox;
    private final PacketSizes sizes;
    private final Pricing fees;
    private final OfferedCarriers carriers;
    private final SlotSchedule slotSchedule;
    private final Spending spending;
    private final Timing timing;
    /** Points that are open in this round, and when they were due. */
    private final Map<Integer, Open> open = new HashMap<>();
    /** Budgets that had no room for a packet, by persona; asked by whoever looks at the status, too. */
    private final Map<Integer, Full> full = new ConcurrentHashMap<>();

    private record Open(CoverPlan plan, Network network) {}

    /** @param needed the most that the packet might have cost, or what it would have cost */
    private record Full(long budget, long spent, long needed, Instant until) {}

    public CoverRunner(
            Core core,
            Outbox outbox,
            PacketSizes sizes,
            Pricing fees,
            OfferedCarriers carriers,
            SlotSchedule slotSchedule,
            Spending spending,
            Timing timing) {
        this.core = core;
        this.outbox = outbox;
        this.sizes = sizes;
        this.fees = fees;
        this.carriers = carriers;
        this.slotSchedule = slotSchedule;
        this.spending = spending;
        this.timing = timing;
    }

    /** Why a plan that was started does not run; empty when it does. */
    public String problem(StoreTransaction tx, Unlocked memory, CoverPlan plan) throws StoreException {
        if (isFull(tx, plan)) {
            Full why = full.get(plan.persona());
            return "the budget of " + plan.budget() + " sat a day is spent"
                    + (why == null || why.spent() >= plan.budget()
                            ? ""
                            : " (" + why.spent() + " sat; another packet may cost " + why.needed() + " sat)")
                    + ": messages leave by their delay alone";
        }
        if (network(memory, plan.persona()).isPresent()) {
            return "";
        }
        Set<Network> networks = PersonaNetworks.of(memory, plan.persona());
        if (networks.isEmpty()) {
            return "this persona talks to nobody yet: decoys go where it has a channel or a contact";
        }
        return networks.stream().allMatch(core::isAccepted)
                ? "no node is ready"
                : "decoys cost real money on mainnet: say once that you know, with partyline:fee-limit --accept-mainnet";
    }

    private boolean isFull(StoreTransaction tx, CoverPlan plan) throws StoreException {
        long spent = spending.sums(tx, plan.persona()).coverDay();
        Full before = full.get(plan.persona());
        return spent >= plan.budget()
                || before != null
                        && before.budget() == plan.budget()
                        && spent >= before.spent()
                        && core.now().isBefore(before.until());
    }

    private Optional<Network> network(Unlocked memory, int persona) {
        return PersonaNetworks.of(memory, persona).stream()
                .filter(network ->
                        core.isAccepted(network) && !core.nodes.ready(network).isEmpty())
                .findFirst();
    }

    /**
     * Opens the points that are due; to be called before a round of the sender.
     *
     * @return when the next point is
     */
    Optional<Instant> before() throws StoreException {
        open.clear();
        List<CoverPlan> plans = core.open(memory -> core.store.transact(CoverPlans::plans));
        long now = core.now().toEpochMilli();
        Optional<Instant> next = Optional.empty();
        for (CoverPlan plan : plans) {
            Optional<Network> network = core.open(memory -> network(memory, plan.persona()));
            if (!plan.running() || !hasRoom(plan, network)) {
                slotSchedule.uncover(plan.persona());
                continue;
            }
            slotSchedule.cover(plan.persona(), network);
            if (network.isEmpty()) {
                continue;
            }
            if (plan.next() <= now) {
                slotSchedule.openPoint(plan.persona());
                open.put(plan.persona(), new Open(plan, network.get()));
            } else if (next.isEmpty() || plan.next() < next.get().toEpochMilli()) {
                next = Optional.of(Instant.ofEpochMilli(plan.next()));
            }
        }
        return next;
    }

    /**
     * Whether the budget has room for the dearest packet that there could be: whether one leaves must not depend on what it is.
     * Looked at when a point is due.
     */
    private boolean hasRoom(CoverPlan plan, Optional<Network> network) throws StoreException {
        if (core.open(memory -> core.store.transact(tx -> isFull(tx, plan)))) {
            return false;
        }
        if (network.isEmpty() || plan.next() > core.now().toEpochMilli()) {
            return true;
        }
        // Asks a node: not under the lock.
        long most = most(plan.persona(), network.get());
        long spent = core.open(memory ->
                core.store.transact(tx -> spending.sums(tx, plan.persona()).coverDay()));
        if (most > plan.budget() - spent) {
            fill(plan, spent, most);
            return false;
        }
        full.remove(plan.persona());
        return true;
    }

    private void fill(CoverPlan plan, long spent, long needed) {
        full.put(
                plan.persona(),
                new Full(plan.budget(), spent, needed, core.now().plus(FULL)));
    }

    /** What the next packet costs at most, in satoshi; 0 where nobody knows. */
    private long most(int persona, Network network) throws StoreException {
        List<Transport> nodes = core.nodes.ready(network);
        int bucket = sizes.maxBucket(network);
        try {
            return nodes.isEmpty()
                    ? 0
                    : carriers.of(core.settings.get().sending().carrier())
                            .most(persona, network, bucket, CarrierViews.of(nodes));
        } catch (AbsentException e) {
            // Nothing leaves by it; points pass as ever.
            LOG.debug("a packet's cost is not known: {}", e.getMessage());
            return 0;
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            LOG.debug("a packet's cost is not known: {}", e.getMessage());
            return 0;
        }
    }

    /** The budget had no room for a packet after all: nothing else leaves at this point, were it smaller. */
    void refused(int persona, long fee) throws StoreException {
        slotSchedule.spoilPoint(persona);
        core.open(memory -> core.store.transact(tx -> {
            Optional<CoverPlan> plan = CoverPlans.plan(tx, persona);
            if (plan.isPresent()) {
                fill(plan.get(), spending.sums(tx, persona).coverDay(), fee);
            }
            return null;
        }));
    }

    /**
     * Closes the points; where no message took one, a decoy is queued.
     *
     * @return decoys to be sent now, and the time of the next point
     */
    Due due() throws StoreException {
        List<OutgoingMessage> decoys = new ArrayList<>();
        Optional<Instant> next = Optional.empty();
        for (Open point : open.values()) {
            int persona = point.plan().persona();
            SlotSchedule.Use use = slotSchedule.closePoint(persona);
            Instant then = nextPoint(point.plan());
            if (next.isEmpty() || then.isBefore(next.get())) {
                next = Optional.of(then);
            }
            OutgoingMessage decoy = core.open(memory -> core.store.transact(tx -> {
                Optional<CoverPlan> plan = CoverPlans.plan(tx, persona);
                if (plan.isEmpty() || plan.get().next() != point.plan().next()) {
                    // It was stopped, or begun anew.
                    return null;
                }
                CoverPlans.put(tx, plan.get().next(then.toEpochMilli(), use == SlotSchedule.Use.TAKEN ? 1 : 0, 0));
                return use == SlotSchedule.Use.OPEN ? decoy(tx, memory, persona, point.network()) : null;
            }));
            if (decoy != null) {
                slotSchedule.openPoint(persona);
                decoys.add(decoy);
            }
        }
        open.clear();
        return new Due(decoys, next);
    }

    /**
     * The points are over. A decoy that could not leave at its own is given up: later it would be one too many, and take a point from
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
                    core.store.transact(tx -> {
                        Optional<CoverPlan> plan = CoverPlans.plan(tx, persona);
                        if (plan.isPresent()) {
                            CoverPlans.put(tx, plan.get().next(plan.get().next(), 0, 1));
                        }
                        return null;
                    });
                }
                return null;
            });
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

    /** The process goes on from its last point; after a sleep it begins anew. */
    private Instant nextPoint(CoverPlan plan) {
        Duration gap = timing.gap(Duration.ofMillis(plan.mean()), core.random);
        Instant next = Instant.ofEpochMilli(plan.next()).plus(gap);
        return next.isBefore(core.now())
                ? core.now().plus(timing.gap(Duration.ofMillis(plan.mean()), core.random))
                : next;
    }

    /** @param decoys to be sent now @param next point */
    record Due(List<OutgoingMessage> decoys, Optional<Instant> next) {}

    private OutgoingMessage decoy(StoreTransaction tx, Unlocked memory, int persona, Network network)
            throws StoreException {
        int most = sizes.maxBucket(network);
        if (most == 0) {
            LOG.info("no decoy: no node relays OP_RETURN outputs of 64 bytes");
            return null;
        }
        int size = Math.max(
                timing.decoySize(CoverPlans.recentSizes(tx, persona), most, core.random),
                CoverPlans.leastSize(tx, persona, most));
        byte[] packet = timing.decoy(size, core.random);
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
}
