package org.partyline.cover;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Implements cover traffic as in Loopix: packets leave at the points of a Poisson process. At each point the next
 * waiting message is sent, or a decoy if none waits: real traffic replaces decoys and adds nothing.
 */
final class PoissonCover implements CoverTraffic {
    /**
     * Bytes. Fragments of messages fill packets of this size: if decoys were smaller, several packets of this size in a
     * row would reveal a long message.
     */
    static final int LEAST_SIZE = 80;

    /** One gap in 10^43 is longer. */
    private static final int MOST_MEANS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(PoissonCover.class);

    private final CoverContext context;
    private final Timing timing;
    private final CoverBudget budget;
    private final Runnable onClose;

    PoissonCover(CoverContext context, Timing timing, CoverBudget budget, Runnable onClose) {
        this.context = context;
        this.timing = timing;
        this.budget = budget;
        this.onClose = onClose;
    }

    @Override
    public List<Covered> look() throws StoreException {
        List<Covered> covered = new ArrayList<>();
        for (CoverPlan plan : context.<List<CoverPlan>, StoreException>transact(CoverRecords::plans)) {
            if (!plan.running()) {
                continue;
            }
            Optional<Network> network = network(plan.persona());
            if (budget.hasRoom(plan, network)) {
                covered.add(new Covered(
                        plan.persona(),
                        network,
                        Instant.ofEpochMilli(inReach(plan).next())));
            }
        }
        return covered;
    }

    /**
     * The plan; if its next point is from a clock that was set back since, one of a process that begins now. Otherwise
     * decoys, and messages with them, would stop for the hours in between. No gap is ever that long.
     */
    private CoverPlan inReach(CoverPlan plan) throws StoreException {
        Duration mean = Duration.ofMillis(plan.mean());
        Instant next = Instant.ofEpochMilli(plan.next());
        if (!next.isAfter(context.now().plus(mean.multipliedBy(MOST_MEANS)))) {
            return plan;
        }
        LOG.info("the next point of cover traffic was invalid: the process starts anew");
        CoverPlan anew = plan.next(firstSlot(mean).toEpochMilli(), 0, 0);
        context.<StoreException>update(tx -> {
            CoverRecords.put(tx, anew);
        });
        return anew;
    }

    /** The network of a persona's decoys; empty: none can be used now. */
    private Optional<Network> network(int persona) throws StoreException {
        return first(context.<Set<Network>, StoreException>transact(tx -> tx.networks(persona)));
    }

    private Optional<Network> first(Set<Network> networks) {
        return networks.stream()
                .sorted()
                .filter(network -> context.isAccepted(network) && context.isReady(network))
                .findFirst();
    }

    /** Why a plan that was started does not run; empty if it does. */
    String problem(CoverTransaction tx, CoverPlan plan) throws StoreException {
        Optional<String> silent = tx.whySilent(plan.persona());
        if (silent.isPresent()) {
            return silent.get();
        }
        if (budget.isFull(tx, plan)) {
            return budget.problem(plan);
        }
        Set<Network> networks = tx.networks(plan.persona());
        if (first(networks).isPresent()) {
            return "";
        }
        if (networks.isEmpty()) {
            return "this persona has no channel or contact yet: decoys need one";
        }
        return networks.stream().allMatch(context::isAccepted)
                ? "no node is ready"
                : "decoys cost real money on mainnet: accept this with partyline:fee-limit --accept-mainnet";
    }

    @Override
    public Over over(CoverTransaction tx, Covered slot, Use use) throws StoreException {
        Optional<CoverPlan> plan = CoverRecords.plan(tx, slot.persona());
        if (plan.isEmpty() || plan.get().next() != slot.next().toEpochMilli()) {
            // It was stopped, or started again.
            return new Over(Optional.empty(), Optional.empty());
        }
        Instant next = nextSlot(plan.get());
        CoverRecords.put(tx, plan.get().next(next.toEpochMilli(), use == Use.MESSAGE ? 1 : 0, 0));
        return new Over(
                Optional.of(next),
                use == Use.FREE && slot.network().isPresent()
                        ? decoy(tx, slot.persona(), slot.network().get())
                        : Optional.empty());
    }

    /** The process continues from its last point; after a suspension it starts anew. */
    private Instant nextSlot(CoverPlan plan) {
        Duration mean = Duration.ofMillis(plan.mean());
        Instant next = Instant.ofEpochMilli(plan.next()).plus(timing.gap(mean, context.random()));
        return next.isBefore(context.now()) ? firstSlot(mean) : next;
    }

    /** The first slot of a process that begins now. */
    Instant firstSlot(Duration mean) {
        return context.now().plus(timing.gap(mean, context.random()));
    }

    private Optional<byte[]> decoy(CoverTransaction tx, int persona, Network network) throws StoreException {
        int most = context.maxPacket(network);
        if (most == 0) {
            LOG.info("no decoy: no node relays OP_RETURN outputs of 64 bytes");
            return Optional.empty();
        }
        List<Integer> recent = CoverRecords.sizes(tx, persona).newest();
        int size = Math.max(timing.decoySize(recent, most, context.random()), Math.min(LEAST_SIZE, most));
        return Optional.of(timing.decoy(size, context.random()));
    }

    @Override
    public void left(CoverTransaction tx, int persona) throws StoreException {
        Optional<CoverPlan> plan = CoverRecords.plan(tx, persona);
        if (plan.isPresent()) {
            CoverRecords.put(tx, plan.get().next(plan.get().next(), 0, 1));
        }
    }

    @Override
    public void refused(int persona, long fee) throws StoreException {
        context.<StoreException>update(tx -> {
            Optional<CoverPlan> plan = CoverRecords.plan(tx, persona);
            if (plan.isPresent()) {
                budget.refused(tx, plan.get(), fee);
            }
        });
    }

    @Override
    public Optional<CoverOrder> order(CoverTransaction tx, int persona) throws StoreException {
        return CoverRecords.plan(tx, persona)
                .filter(CoverPlan::running)
                .map(plan -> new CoverOrder(Duration.ofMillis(plan.mean()), plan.budget(), LEAST_SIZE));
    }

    @Override
    public void sent(CoverTransaction tx, int persona, int size) throws StoreException {
        CoverRecords.put(tx, persona, CoverRecords.sizes(tx, persona).with(size));
    }

    @Override
    public void close() {
        onClose.run();
    }
}
