package org.partyline.cover;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.api.store.StoreException;

/** Checks whether a plan's budget has room for another packet. */
final class CoverBudget {
    /** How long a budget without room for a packet counts as spent, since fees may fall. */
    private static final Duration FULL = Duration.ofMinutes(10);

    private final CoverContext context;
    /** Budgets without room for a packet, by persona; also read for the status. */
    private final Map<Integer, Full> full = new ConcurrentHashMap<>();

    /**
     * The budget has no room.
     *
     * @param needed the maximum price of the packet, or its actual price
     */
    private record Full(long budget, long spent, long needed, Instant until) {}

    CoverBudget(CoverContext context) {
        this.context = context;
    }

    boolean isFull(CoverTransaction tx, CoverPlan plan) throws StoreException {
        long spent = tx.spent(plan.persona());
        Full before = full.get(plan.persona());
        return spent >= plan.budget()
                || before != null
                        && before.budget() == plan.budget()
                        && spent >= before.spent()
                        && context.now().isBefore(before.until());
    }

    /** Why it has no room, in one line. */
    String problem(CoverPlan plan) {
        Full why = full.get(plan.persona());
        return "the budget of " + plan.budget() + " sat a day is spent"
                + (why == null || why.spent() >= plan.budget()
                        ? ""
                        : " (" + why.spent() + " sat; another packet may cost " + why.needed() + " sat)")
                + ": messages leave by their own schedule";
    }

    /**
     * Whether there is room for the most expensive packet, since its content must not decide whether one leaves.
     * Checked when a slot is due.
     *
     * @param network of the decoys; empty if no node is ready
     */
    boolean hasRoom(CoverPlan plan, Optional<Network> network) throws StoreException {
        if (context.<Boolean, StoreException>transact(tx -> isFull(tx, plan))) {
            return false;
        }
        if (network.isEmpty() || plan.next() > context.now().toEpochMilli()) {
            return true;
        }
        // Asks a node, so not in a transaction.
        long most = context.most(plan.persona(), network.get());
        long spent = context.<Long, StoreException>transact(tx -> tx.spent(plan.persona()));
        if (most > plan.budget() - spent) {
            fill(plan, spent, most);
            return false;
        }
        full.remove(plan.persona());
        return true;
    }

    /** Called when there was no room for a packet after all: nothing else may leave either, even if it is smaller. */
    void refused(CoverTransaction tx, CoverPlan plan, long fee) throws StoreException {
        fill(plan, tx.spent(plan.persona()), fee);
    }

    private void fill(CoverPlan plan, long spent, long needed) {
        full.put(
                plan.persona(),
                new Full(plan.budget(), spent, needed, context.now().plus(FULL)));
    }
}
