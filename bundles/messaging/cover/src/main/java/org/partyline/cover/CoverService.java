package org.partyline.cover;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;

/** Starts and stops cover traffic. */
final class CoverService implements Cover {
    private static final Duration SHORTEST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final long MOST = 100_000_000;

    private final CoverContext context;
    private final PoissonCover traffic;

    CoverService(CoverContext context, PoissonCover traffic) {
        this.context = context;
        this.traffic = traffic;
    }

    @Override
    public Status start(Optional<String> persona, Duration mean, long budget) throws PartylineException {
        if (mean.compareTo(SHORTEST) < 0 || mean.compareTo(LONGEST) > 0) {
            throw new NoSuchThingException(
                    "the average interval of cover traffic must be 30s to 24h: write it like 5m");
        }
        if (budget < 1 || budget > MOST) {
            throw new NoSuchThingException("a budget must be 1sat to " + MOST + "sat a day, not " + budget + "sat");
        }
        requireAccepted(persona);
        Status status = on(
                persona,
                before -> before.started(
                        mean.toMillis(),
                        budget,
                        traffic.firstSlot(mean).toEpochMilli(),
                        context.now().toEpochMilli()));
        context.audit("cover-started", "cover traffic was started");
        return status;
    }

    /** Refuses to start something that could only spend real money before the operator has accepted that once. */
    private void requireAccepted(Optional<String> persona) throws PartylineException {
        Set<Network> networks =
                context.<Set<Network>, PartylineException>transact(tx -> tx.networks(tx.persona(persona)));
        if (networks.equals(Set.of(Network.MAINNET))) {
            context.requireAccepted(Network.MAINNET);
        }
    }

    @Override
    public Status stop(Optional<String> persona) throws PartylineException {
        Status status = on(persona, CoverPlan::stopped);
        context.audit("cover-stopped", "cover traffic was stopped");
        return status;
    }

    @FunctionalInterface
    private interface Change {
        CoverPlan apply(CoverPlan before);
    }

    private Status on(Optional<String> persona, Change change) throws PartylineException {
        Status status = context.<Status, PartylineException>transact(tx -> {
            int who = tx.persona(persona);
            CoverPlan after =
                    change.apply(CoverRecords.plan(tx, who).orElseGet(() -> CoverPlan.none(who, LONGEST.toMillis())));
            CoverRecords.put(tx, after);
            return view(tx, after);
        });
        context.changed();
        return status;
    }

    @Override
    public List<Status> status() throws PartylineException {
        return context.<List<Status>, PartylineException>transact(tx -> {
            List<Status> all = new ArrayList<>();
            for (CoverPlan plan : CoverRecords.plans(tx)) {
                all.add(view(tx, plan));
            }
            return all;
        });
    }

    private Status view(CoverTransaction tx, CoverPlan plan) throws StoreException {
        String problem = plan.running() ? traffic.problem(tx, plan) : "";
        boolean runs = plan.running() && problem.isEmpty();
        return new Status(
                tx.name(plan.persona()),
                runs,
                problem,
                Duration.ofMillis(plan.mean()),
                plan.budget(),
                tx.spent(plan.persona()),
                runs ? Optional.of(Instant.ofEpochMilli(plan.next())) : Optional.empty(),
                plan.messages(),
                plan.decoys());
    }
}
