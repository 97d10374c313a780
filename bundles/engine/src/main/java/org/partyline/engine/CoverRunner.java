package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.Timing;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cover traffic as in Loopix: packets leave at the points of a Poisson process. At each point the next message that waits goes,
 * and where none waits, a decoy: real traffic takes the place of decoys and adds nothing. Runs on the sender's thread.
 */
final class CoverRunner {
    private static final Duration DECOY_LIFE = Duration.ofHours(1);
    private static final int MOST_SIZES = 64;
    private static final Logger LOG = LoggerFactory.getLogger(CoverRunner.class);

    private final Core core;
    private final Sealer sealer;
    private final Departures departures;
    private final Spending spending;
    private final Timing timing;
    /** Points that are open in this round, and when they were due. */
    private final Map<Integer, Records.CoverPlan> open = new HashMap<>();

    CoverRunner(Core core, Sealer sealer, Departures departures, Spending spending, Timing timing) {
        this.core = core;
        this.sealer = sealer;
        this.departures = departures;
        this.spending = spending;
        this.timing = timing;
    }

    static List<Records.CoverPlan> plans(StoreTransaction tx) throws StoreException {
        return Core.all(tx, Records.COVER, Records.CoverPlan.class);
    }

    static void put(StoreTransaction tx, Records.CoverPlan plan) throws StoreException {
        tx.put(Records.COVER, Records.key(plan.persona()), Records.ALL, Cbor.write(plan), null);
    }

    /** Why a plan that was started does not run; empty when it does. */
    String problem(StoreTransaction tx, Memory memory, Records.CoverPlan plan) throws StoreException {
        long spent = spending.sums(tx, plan.persona()).coverDay();
        if (spent >= plan.budget()) {
            return "the budget of " + plan.budget() + " sat a day is spent: messages leave by their delay alone";
        }
        if (network(memory, plan.persona()).isPresent()) {
            return "";
        }
        Set<Network> networks = networks(memory, plan.persona());
        if (networks.isEmpty()) {
            return "this persona talks to nobody yet: decoys go where it has a channel or a contact";
        }
        return networks.stream().allMatch(core::isAccepted)
                ? "no node is ready"
                : "decoys cost real money on mainnet: say once that you know, with partyline:fee-limit --accept-mainnet";
    }

    /** Where a persona talks: a decoy anywhere else would tell that it is one. */
    private static Set<Network> networks(Memory memory, int persona) {
        Set<Network> networks = EnumSet.noneOf(Network.class);
        memory.members().stream()
                .filter(member -> member.persona() == persona)
                .forEach(member -> networks.add(member.network()));
        memory.contacts().stream()
                .filter(contact -> contact.persona() == persona)
                .forEach(contact -> networks.add(contact.network()));
        return networks;
    }

    private Optional<Network> network(Memory memory, int persona) {
        return networks(memory, persona).stream()
                .filter(network ->
                        core.isAccepted(network) && !core.nodes.ready(network).isEmpty())
                .findFirst();
    }

    /**
     * Refuses to start what could only spend real money before it was said once that this is known.
     *
     * @throws PartylineException says how to say it
     */
    static void requireAccepted(Core core, Optional<String> persona) throws PartylineException {
        Set<Network> networks = core.<Set<Network>, PartylineException>open(memory -> networks(
                memory,
                core.store
                        .<Records.Persona, PartylineException>transact(tx -> Core.persona(tx, persona))
                        .id()));
        if (networks.equals(Set.of(Network.MAINNET))) {
            core.requireAccepted(Network.MAINNET);
        }
    }

    /**
     * Opens the points that are due; to be called before a round of the sender.
     *
     * @return when the next point is
     */
    Optional<Instant> before() throws StoreException {
        open.clear();
        record Look(Records.CoverPlan plan, String problem) {}
        List<Look> looks = core.open(memory -> core.store.transact(tx -> {
            List<Look> all = new ArrayList<>();
            for (Records.CoverPlan plan : plans(tx)) {
                all.add(new Look(plan, plan.running() ? problem(tx, memory, plan) : ""));
            }
            return all;
        }));
        long now = core.now().toEpochMilli();
        Optional<Instant> next = Optional.empty();
        for (Look look : looks) {
            Records.CoverPlan plan = look.plan();
            boolean runs = plan.running() && look.problem().isEmpty();
            departures.cover(plan.persona(), runs);
            if (!runs) {
                continue;
            }
            if (plan.next() <= now) {
                departures.openPoint(plan.persona());
                open.put(plan.persona(), plan);
            } else if (next.isEmpty() || plan.next() < next.get().toEpochMilli()) {
                next = Optional.of(Instant.ofEpochMilli(plan.next()));
            }
        }
        return next;
    }

    /**
     * Closes the points; where no message took one, a decoy is queued.
     *
     * @return decoys to be sent now, and the time of the next point
     */
    After after() throws StoreException {
        List<Records.Outgoing> decoys = new ArrayList<>();
        Optional<Instant> next = Optional.empty();
        for (Records.CoverPlan plan : open.values()) {
            boolean unused = departures.closePoint(plan.persona());
            Instant then = nextPoint(plan);
            if (next.isEmpty() || then.isBefore(next.get())) {
                next = Optional.of(then);
            }
            Records.Outgoing decoy = core.open(memory -> core.store.transact(tx -> {
                put(
                        tx,
                        new Records.CoverPlan(
                                plan.persona(),
                                true,
                                plan.mean(),
                                plan.budget(),
                                then.toEpochMilli(),
                                plan.messages() + (unused ? 0 : 1),
                                plan.decoys() + (unused ? 1 : 0),
                                plan.since()));
                return unused ? decoy(tx, memory, plan.persona()) : null;
            }));
            if (decoy != null) {
                departures.openPoint(plan.persona());
                decoys.add(decoy);
            }
        }
        open.clear();
        return new After(decoys, next);
    }

    /** The process goes on from its last point; after a sleep it begins anew. */
    private Instant nextPoint(Records.CoverPlan plan) {
        Duration gap = timing.gap(Duration.ofMillis(plan.mean()), core.random);
        Instant next = Instant.ofEpochMilli(plan.next()).plus(gap);
        return next.isBefore(core.now())
                ? core.now().plus(timing.gap(Duration.ofMillis(plan.mean()), core.random))
                : next;
    }

    /** @param decoys to be sent now @param next point */
    record After(List<Records.Outgoing> decoys, Optional<Instant> next) {}

    private Records.Outgoing decoy(StoreTransaction tx, Memory memory, int persona) throws StoreException {
        Network network = network(memory, persona).orElse(null);
        if (network == null) {
            return null;
        }
        int most = sealer.maxBucket(network);
        if (most == 0) {
            LOG.info("no decoy: no node relays OP_RETURN outputs of 64 bytes");
            return null;
        }
        int size = timing.decoySize(recentSizes(tx, persona), most, core.random);
        byte[] packet = timing.decoy(size, core.random);
        Instant now = core.now();
        Records.Outgoing decoy = new Records.Outgoing(
                Core.next(tx, "message"),
                Memory.Shade.id(persona, network),
                State.SEALED,
                "",
                now.toEpochMilli(),
                now.plus(DECOY_LIFE).toEpochMilli(),
                0,
                false,
                0,
                List.of(Records.Part.of(packet)),
                PacketType.DECOY.code(),
                null,
                false,
                now.getEpochSecond(),
                core.settings.get().rolling(),
                false);
        Outbox.put(tx, decoy);
        memory.addSent(PacketId.of(network.code(), packet), new Memory.Sent(decoy.id(), 0));
        return decoy;
    }

    /** Sizes of the persona's own packets of late: decoys must be distributed as they are. */
    private static List<Integer> recentSizes(StoreTransaction tx, int persona) throws StoreException {
        return Core.find(tx, Records.SIZES, Records.key(persona), Records.Sizes.class)
                .map(Records.Sizes::newest)
                .orElse(List.of());
    }

    /**
     * Remembers the size of a packet that says something, for longer than the outbox has it: what was sent in the last hours alone is
     * mostly short where little was said, and then large packets would rarely be decoys.
     */
    static void remember(StoreTransaction tx, int persona, int size) throws StoreException {
        List<Integer> sizes = new ArrayList<>(recentSizes(tx, persona));
        sizes.add(size);
        List<Integer> newest = sizes.subList(Math.max(0, sizes.size() - MOST_SIZES), sizes.size());
        tx.put(Records.SIZES, Records.key(persona), Records.ALL, Cbor.write(new Records.Sizes(newest)), null);
    }
}
