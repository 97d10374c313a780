package org.partyline.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.Timing;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.fees.Spending;
import org.partyline.engine.kernel.Bus;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.schedule.CoverPlan;
import org.partyline.engine.schedule.CoverPlanBuilder;
import org.partyline.engine.schedule.CoverPlans;
import org.partyline.engine.schedule.PersonaNetworks;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;

/** Starts and stops cover traffic. */
public final class CoverService implements Cover {
    private static final Duration SHORTEST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final long MOST = 100_000_000;

    private final Core core;
    private final CoverRunner runner;
    private final Spending spending;
    private final Timing timing;

    public CoverService(Core core, CoverRunner runner, Spending spending, Timing timing) {
        this.core = core;
        this.runner = runner;
        this.spending = spending;
        this.timing = timing;
    }

    @Override
    public Status start(Optional<String> persona, Duration mean, long budget) throws PartylineException {
        if (mean.compareTo(SHORTEST) < 0 || mean.compareTo(LONGEST) > 0) {
            throw new NoSuchThingException("cover traffic has a packet every 30s to 24h on average: write it like 5m");
        }
        if (budget < 1 || budget > MOST) {
            throw new NoSuchThingException("a budget is 1sat to " + MOST + "sat a day, not " + budget + "sat");
        }
        PersonaNetworks.requireAccepted(core, persona);
        Status status = on(persona, (tx, before) -> {
            long now = core.now().toEpochMilli();
            return CoverPlanBuilder.builder()
                    .persona(before.persona())
                    .running(true)
                    .mean(mean.toMillis())
                    .budget(budget)
                    .next(core.now().plus(timing.gap(mean, core.random)).toEpochMilli())
                    .messages(before.messages())
                    .decoys(before.decoys())
                    .since(now)
                    .build();
        });
        core.audit("cover-started", "cover traffic was started");
        return status;
    }

    @Override
    public Status stop(Optional<String> persona) throws PartylineException {
        Status status = on(
                persona,
                (tx, before) -> CoverPlanBuilder.builder()
                        .persona(before.persona())
                        .running(false)
                        .mean(before.mean())
                        .budget(before.budget())
                        .next(0)
                        .messages(before.messages())
                        .decoys(before.decoys())
                        .since(before.since())
                        .build());
        core.audit("cover-stopped", "cover traffic was stopped");
        return status;
    }

    @FunctionalInterface
    private interface Change {
        CoverPlan apply(StoreTransaction tx, CoverPlan before) throws PartylineException;
    }

    private Status on(Optional<String> persona, Change change) throws PartylineException {
        Status status =
                core.<Status, PartylineException>open(memory -> core.store.<Status, PartylineException>transact(tx -> {
                    int who = Core.persona(tx, persona).id();
                    CoverPlan before = Tables.find(tx, CoverPlan.TABLE, Keys.of(who), CoverPlan.class)
                            .orElse(CoverPlanBuilder.builder()
                                    .persona(who)
                                    .running(false)
                                    .mean(LONGEST.toMillis())
                                    .budget(0)
                                    .next(0)
                                    .messages(0)
                                    .decoys(0)
                                    .since(0)
                                    .build());
                    CoverPlan after = change.apply(tx, before);
                    CoverPlans.put(tx, after);
                    return view(tx, memory, after);
                }));
        core.bus.publish(new Bus.Retry());
        return status;
    }

    @Override
    public List<Status> status() throws PartylineException {
        return core.<List<Status>, PartylineException>open(memory ->
                core.store.<List<Status>, PartylineException>transact(tx -> {
                    List<Status> all = new ArrayList<>();
                    for (CoverPlan plan : CoverPlans.plans(tx)) {
                        all.add(view(tx, memory, plan));
                    }
                    return all;
                }));
    }

    private Status view(StoreTransaction tx, Unlocked memory, CoverPlan plan) throws StoreException {
        String problem = plan.running() ? runner.problem(tx, memory, plan) : "";
        return new Status(
                memory.personas.name(plan.persona()),
                plan.running() && problem.isEmpty(),
                problem,
                Duration.ofMillis(plan.mean()),
                plan.budget(),
                spending.sums(tx, plan.persona()).coverDay(),
                plan.running() && problem.isEmpty() ? Optional.of(Instant.ofEpochMilli(plan.next())) : Optional.empty(),
                plan.messages(),
                plan.decoys());
    }
}
